"""A function of a user pool: it is called by HTTP, remembers events, and does what a test orders."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Event = dict[str, Any]


class Function:
    """Listens until it is stopped.

    Attributes:
        arn: of the function, as a pool's settings have it.
        events: those that came.
        does: makes the answer of an event; by default the event as it came, as functions return it.
    """

    def __init__(self, name: str) -> None:
        self.arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        self.events: list[Event] = []
        self.does: Callable[[Event], Any] = lambda event: event
        function = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                function.events.append(event)
                try:
                    answer = function.does(event)
                except Refusal as refusal:
                    answer = {"errorType": "Exception", "errorMessage": str(refusal)}
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # The name is the standard library's.
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/2015-03-31/functions/function/invocations"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answers(self, **response: Any) -> None:
        """From now on answer events with this response."""
        self.does = lambda event: {**event, "response": response}

    def refuses(self, message: str) -> None:
        """From now on raise, as a function that denies does."""

        def refuse(_event: Event) -> Any:
            raise Refusal(message)

        self.does = refuse

    def stop(self) -> None:
        """End it; nothing listens at its address afterwards."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Refusal(Exception):
    """What a function raises."""
