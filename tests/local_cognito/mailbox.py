"""An SMTP server that keeps letters, speaking the few commands that smtplib sends (RFC 5321)."""

import email
import socketserver
import threading
from email.message import Message


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self._say("220 mailbox")
        for raw in self.rfile:
            command = raw.decode().strip().upper()
            if command == "DATA":
                self._say("354 go on")
                self.server.letters.append(email.message_from_bytes(self._data()))
            if command == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _data(self) -> bytes:
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw.removeprefix(b".") if raw.startswith(b"..") else raw)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[Message] = []


class Mailbox:
    """The running server. A letter is here before the operation that sent it is answered."""

    def __init__(self) -> None:
        self._server = _Server()
        self.address = "{}:{}".format(*self._server.server_address)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def text_to(self, address: str) -> str:
        """The plain text of the newest letter to `address`."""
        letters = [letter for letter in self._server.letters if letter["To"] == address]
        assert letters, f"no letter to {address}"
        for part in letters[-1].walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload.decode()
        raise AssertionError("a letter without plain text")

    def count_to(self, address: str) -> int:
        """How many letters went to `address`."""
        return sum(letter["To"] == address for letter in self._server.letters)
