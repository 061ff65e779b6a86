"""Which port each server gets, and a clear refusal when one is taken."""

import contextlib
import fcntl
import os
import secrets
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"
# Above those of well-known servers, and below where Linux takes ports for connections from (`ip_local_port_range`).
_FIRST, _BEHIND = 12_000, 32_000
# Has a file for each port that somebody chose, who keeps it locked to the end of the process.
_CHOSEN = Path(tempfile.gettempdir()) / f"lifeguard-ports-{os.getuid()}"


class PortTaken(Exception):
    """A server's port belongs to another process."""


class UnknownPort(Exception):
    """A port was chosen for a server that does not exist, or is not a port number."""


@dataclass(frozen=True)
class Ports:
    """The port on loopback of each server, for TCP but that of `dns`. The defaults are those of `make demo`."""

    dashboard: int = 8000
    signin: int = 8001
    sample: int = 8002
    cognito: int = 4566
    postgres: int = 5462
    redis: int = 6399
    smtp: int = 1026
    metrics: int = 8003
    dns: int = 5300
    saml_idp: int = 8004
    oidc_idp: int = 8005
    leaked: int = 8006
    functions: int = 8007

    @classmethod
    def from_base(cls, base: int) -> Self:
        """Consecutive ports from `base` on, in the order of the fields."""
        return cls(**{field.name: base + offset for offset, field in enumerate(fields(cls))})

    @classmethod
    def unused(cls) -> Self:
        """Ports that nothing listens on, and that no other run has chosen whose servers do not listen yet."""
        with contextlib.ExitStack() as stack:
            sockets = {field.name: stack.enter_context(socket.socket()) for field in fields(cls)}
            return cls(**{name: _bound(held) for name, held in sockets.items()})

    def with_choices(self, choices: Iterable[str]) -> Self:
        """These ports with some replaced.

        Args:
            choices: texts of the form `server=port`, such as `redis=7000`.

        Raises:
            UnknownPort: a text names no server, or no port.
        """
        changes: dict[str, int] = {}
        for choice in choices:
            name, _, number = choice.partition("=")
            if name not in self.by_name() or not number.isdecimal() or not 0 < int(number) < 65536:
                known = ", ".join(self.by_name())
                raise UnknownPort(f"{choice!r} is no choice of a port: say server=number; the servers are {known}")
            changes[name] = int(number)
        return replace(self, **changes)

    def by_name(self) -> Mapping[str, int]:
        """The port of each server, by the server's name."""
        return asdict(self)


def require_free(ports: Mapping[str, int]) -> None:
    """Check, before anything is started, that every port can be listened on.

    Raises:
        PortTaken: names each port that cannot be had with its server, and says how to choose others.
    """
    taken = [f"  port {port} ({name}) is in use" for name, port in ports.items() if not _is_free(port)]
    if taken:
        variables = " ".join(f"{name.upper()}_PORT={port}" for name, port in list(ports.items())[:1])
        raise PortTaken(
            "Nothing was started, because a port is taken by another process:\n"
            + "\n".join(taken)
            + "\nChoose others: `make demo PORT_BASE=9000` takes thirteen ports from 9000 on, and"
            + f"\n`make demo {variables}` moves one server (also "
            + ", ".join(f"{name.upper()}_PORT" for name in list(ports)[1:])
            + ")."
        )


def _bound(held: socket.socket) -> int:
    """Bind to a free port that the system gives to nobody by itself, so that none is taken before its server starts."""
    while True:
        port = _FIRST + secrets.randbelow(_BEHIND - _FIRST)
        try:
            _keep_from_others(port)
        except BlockingIOError:
            continue
        with contextlib.suppress(OSError):
            held.bind((LOOPBACK, port))
            return port


def _keep_from_others(port: int) -> None:
    """Let no other run choose a port as long as this process lives, or one that it forked.

    Raises:
        BlockingIOError: another has chosen it.
        OSError: nothing can be written there.
    """
    _CHOSEN.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(_CHOSEN / str(port), os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A server that ended a moment ago leaves connections in TIME_WAIT; those do not keep its successor out.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
