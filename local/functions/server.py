"""Lambda's Invoke for one function, as AWS's runtime interface emulator speaks it: an event by POST, and its answer."""

import importlib.util
import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

# What the local Cognito knows the function by, as AWS would.
ARN = "arn:aws:lambda:us-east-1:123456789012:function:lifeguard-messages"
# The path does not matter to the server; this one is the emulator's.
INVOCATIONS = "/2015-03-31/functions/function/invocations"
_FUNCTION = Path(__file__).resolve().parents[2] / "docs" / "aws" / "write_messages.py"


def load() -> ModuleType:
    """Return the module that operators deploy, as Lambda imports it: by its path."""
    spec = importlib.util.spec_from_file_location(_FUNCTION.stem, _FUNCTION)
    if spec is None or spec.loader is None:
        raise ImportError(f"{_FUNCTION} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def server(host: str, port: int, function: Callable[[dict[str, Any]], dict[str, Any]]) -> ThreadingHTTPServer:
    """Return the service, bound."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Say that it runs."""
            self._answer(b"ok")

        def do_POST(self) -> None:
            """Answer one event."""
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(json.dumps(function(event)).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The parameter's name in http.server.
            """Log nothing: the function logs what goes wrong."""

        def _answer(self, body: bytes) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return ThreadingHTTPServer((host, port), Handler)
