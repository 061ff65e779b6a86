"""Small real servers on this machine, for what is fetched and for showing that nothing was."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from federation.fetching.addresses import Address
from tests.support.certificates import rsa_key

Answer = Callable[[socket.socket, bytes], None]


def http(status: str = "200 OK", body: bytes = b"", *headers: str) -> Answer:
    """Return an answer with a status, a body and headers, after which the connection ends."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode() + body)

    return answer


def redirect(location: str) -> Answer:
    """Return an answer that sends the client on."""
    return http("302 Found", b"", f"Location: {location}")


@dataclass
class Server:
    """A server, and what it saw.

    Args:
        port: where it listens.
        requests: each request as it came.
        names: the name that each TLS handshake asked for.
        answers: what it answers, by path; others get an empty page.
    """

    port: int
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)


@contextmanager
def serving(address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server for HTTP/1.1, one request a connection."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as listener:
        server = Server(listener.getsockname()[1])
        if tls:
            tls.sni_callback = lambda _, name, __: server.names.append(name)
        thread = threading.Thread(target=_run, args=(listener, server, tls), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            # Closing alone does not wake a thread that accepts.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _run(listener: socket.socket, server: Server, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            _serve(tls.wrap_socket(connection, server_side=True) if tls else connection, server)


def _serve(connection: socket.socket, server: Server) -> None:
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            break
        request += piece
        if request.startswith(b"\x16"):  # TLS where there is none
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
    while len(request) < _whole(request) and (piece := connection.recv(65536)):
        request += piece
    server.requests.append(request)
    if request:
        path = request.split(b" ")[1].decode()
        server.answers.get(path, http())(connection, request)
        connection.close()


def _whole(request: bytes) -> int:
    """Return how long a request is of which the headers are there."""
    head, _, _body = request.partition(b"\r\n\r\n")
    lengths = re.findall(rb"(?i)\r\ncontent-length: (\d+)", head)
    return len(head) + 4 + int(lengths[0]) if lengths else 0


@contextmanager
def silence(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Listen, and afterwards make sure that nobody ever connected. Yields the port.

    The system takes connections for a listening socket by itself, so that one which was begun can always be accepted.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as listener:
        yield listener.getsockname()[1]
        listener.setblocking(False)
        try:
            connection, peer = listener.accept()
        except BlockingIOError:
            return
        connection.close()
        raise AssertionError(f"{peer} connected to {address}")


@dataclass
class Names:
    """A resolver that knows what it is told, and remembers what it was asked."""

    addresses: Mapping[str, Sequence[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, seconds: float) -> Sequence[Address]:
        self.asked.append(host)
        return [ip_address(text) for text in self.addresses.get(host, ())]


def server_tls(folder: Path, certificate_pem: str) -> ssl.SSLContext:
    """Return the TLS side of a server with a certificate for `rsa_key()`."""
    key = rsa_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(certificate_pem.encode() + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
