"""The service: `GET /range/<five digits of a SHA-1 hash>` (haveibeenpwned.com, "Pwned Passwords", API v3)."""

import hashlib
import re
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PASSWORDS = Path(__file__).with_name("passwords.txt")
_RANGE = re.compile(r"/range/([0-9A-Fa-f]{5})\Z")
_PADDED_TO = 800


def server(host: str, port: int) -> ThreadingHTTPServer:
    """Return the service, bound."""
    return ThreadingHTTPServer((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer one range; anything else is refused as the real service does."""
        if self.path == "/healthz":
            self._answer(HTTPStatus.OK, "ok")
        elif found := _RANGE.match(self.path):
            padded = self.headers.get("Add-Padding", "").lower() == "true"
            self._answer(HTTPStatus.OK, "\r\n".join(_lines(found[1].upper(), padded=padded)))
        else:
            self._answer(HTTPStatus.BAD_REQUEST, "The hash prefix was not in a valid format")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The parameter's name in http.server.
        """Log nothing: a range is half of a secret."""

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _lines(prefix: str, *, padded: bool) -> list[str]:
    hashes = (
        hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        for password in _PASSWORDS.read_text().splitlines()
    )
    known = [f"{digest[5:]}:{7}" for digest in hashes if digest.startswith(prefix)]
    padding = [f"{secrets.token_hex(20)[5:].upper()}:0" for _line in range(_PADDED_TO - len(known))] if padded else []
    return sorted(known + padding)
