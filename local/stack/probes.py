"""Whether a server really answers, asked in its own protocol. Each probe gives False for "not yet"."""

import http.client
import socket
import struct
from typing import BinaryIO

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from local.stack.ports import LOOPBACK

_PATIENCE_SECONDS = 2.0


def http_ok(port: int, path: str, host: str = "localhost") -> bool:
    """True when GET `path` answers 200. `host` is the Host header, which Django checks."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def redis_pongs(port: int) -> bool:
    """True when Redis answers PING; while it still loads its data it answers with an error (Redis protocol, RESP2)."""
    return _exchange(port, b"PING\r\n").startswith(b"+PONG")


def redis_has_consumer(port: int) -> bool:
    """True when a Celery worker waits for messages: kombu's Redis transport does so with BRPOP."""
    return b"cmd=brpop" in _exchange(port, b"CLIENT LIST\r\n")


def smtp_greets(port: int) -> bool:
    """True when a mail server opens with 220 (RFC 5321 section 3.1)."""
    return _exchange(port, b"").startswith(b"220")


def dns_answers(port: int) -> bool:
    """True when a name server answers over UDP, whatever it says."""
    question = dns.message.make_query("ready.local", dns.rdatatype.TXT)
    try:
        dns.query.udp(question, LOOPBACK, timeout=_PATIENCE_SECONDS, port=port)
    except (OSError, dns.exception.DNSException):
        return False
    return True


def postgres_accepts(port: int, user: str, database: str) -> bool:
    """True when PostgreSQL lets `user` into `database`: both exist, and it has finished starting up.

    The startup packet and the answers are those of PostgreSQL's documentation, "Frontend/Backend Protocol", sections
    "Message Flow" and "Message Formats": it answers with messages that end in ReadyForQuery, or in an error.
    """
    parameters = b"".join(part.encode() + b"\0" for part in ("user", user, "database", database)) + b"\0"
    protocol_3_0 = struct.pack("!I", 3 << 16)
    packet = struct.pack("!I", 8 + len(parameters)) + protocol_3_0 + parameters
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_PATIENCE_SECONDS) as connection:
            connection.sendall(packet)
            with connection.makefile("rb") as answers:
                return _ends_in_ready(answers)
    except OSError:
        return False


def _ends_in_ready(answers: BinaryIO) -> bool:
    header_bytes = 5
    while len(header := answers.read(header_bytes)) == header_bytes:
        kind, length = struct.unpack("!cI", header)
        if kind in {b"Z", b"E"}:
            return bool(kind == b"Z")
        answers.read(length - 4)
    return False


def _exchange(port: int, message: bytes) -> bytes:
    """What the server on `port` first says after `message`; nothing when there is no server."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_PATIENCE_SECONDS) as connection:
            if message:
                connection.sendall(message)
            return connection.recv(65536)
    except OSError:
        return b""
