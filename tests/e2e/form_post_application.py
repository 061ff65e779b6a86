"""An application that wants its answers by a form (OAuth 2.0 Form Post Response Mode), and what came to it."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

from local.stack.demo import SampleCredentials

ARRIVED = "The application has its answer"
# Without an icon of its own the browser would ask for one.
_PAGE = f"<!doctype html><title>Application</title><link rel=icon href=data:,><h1>{ARRIVED}</h1>".encode()


@dataclass
class FormPostApplication:
    """Args: origin: where it is; answers: what was sent to its redirect URI, in the order that it came."""

    origin: str
    answers: list[dict[str, str]] = field(default_factory=list)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def authorization_address(self, issuer: str, client_id: str, organization: str) -> str:
        """Return where it sends the browser, for one request alone: a nonce is taken once."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        parameters = {
            "response_type": "code",
            "response_mode": "form_post",
            "client_id": client_id,
            "redirect_uri": f"{self.origin}/callback",
            "scope": "openid email",
            "state": self.state,
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "organization": organization,
        }
        return f"{issuer}/oauth2/authorize?{urlencode(parameters)}"

    def exchange(self, issuer: str, credentials: SampleCredentials, code: str) -> dict[str, Any]:
        """Exchange a code for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"{self.origin}/callback",
            "code_verifier": self._verifier,
        }
        basic = base64.b64encode(f"{credentials.client_id}:{credentials.client_secret}".encode()).decode()
        request = Request(
            f"{issuer}/oauth2/token", urlencode(form).encode(), headers={"Authorization": f"Basic {basic}"}
        )
        with urlopen(request) as answer:
            tokens: dict[str, Any] = json.load(answer)
        return tokens


@contextmanager
def form_post_application() -> Iterator[FormPostApplication]:
    """Run one for the length of the block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/callback":
                application.answers.append({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(_PAGE)))
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Be quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        application = FormPostApplication(f"http://localhost:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield application
        finally:
            server.shutdown()
            thread.join()
