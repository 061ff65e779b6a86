"""Child processes that are started together, watched, and stopped in the reverse order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from threading import Event

from local.stack.accounts import Account, as_account

_READY_SECONDS = 120.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.03
_TAIL_LINES = 30
# prctl(2): the signal that the kernel sends to this process when the thread that created it ends.
_PR_SET_PDEATHSIG = 1


class ServiceFailed(Exception):
    """A server ended by itself, or did not become ready."""


class Stage(IntEnum):
    """Servers of a later stage use those of an earlier one, so they are stopped first."""

    DATA = 1
    REMOTE = 2
    PRODUCT = 3


@dataclass(frozen=True)
class Service:
    """What is needed to run one server.

    `environment` is the whole environment of the process. `account` is who it runs as, where that is not ourselves.
    `stop_signal` asks it to finish what it is doing and end.
    """

    name: str
    stage: Stage
    command: tuple[str, ...]
    log: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class _Child:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.ready = False
        with service.log.open("ab") as log:
            self.log_start = log.tell()
            # In a session of its own the child does not get the terminal's Ctrl-C: it is stopped in its turn.
            self.process = subprocess.Popen(
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(service.environment),
                start_new_session=True,
                preexec_fn=_ends_with_parent(service.stop_signal),  # noqa: PLW1509  # This program has one thread.
                **as_account(service.account),
            )

    def failure(self) -> str | None:
        code = self.process.poll()
        return None if code is None else f"{self.service.name} ended by itself ({_describe_exit(code)})"

    def log_tail(self) -> str:
        with self.service.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join([f"The end of {self.service.log}:", *(f"  {line}" for line in lines)])

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.service.stop_signal)

    def wait_stopped(self) -> bool:
        """True when it ended as asked; False when it had to be ended by force."""
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return False
        return True


class Supervisor:
    """Starts services, waits until they answer, follows them, and stops them.

    All children must be started from the main thread: the kernel ends them with the thread that created them.
    """

    def __init__(self) -> None:
        self._children: list[_Child] = []
        self.stop_requested = Event()

    def handle_signals(self) -> None:
        """Let SIGINT and SIGTERM ask for a stop. A second one changes nothing: the stop is already under way."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop_requested.set())

    def start(self, service: Service) -> None:
        """Start one server and return at once."""
        self._children.append(_Child(service))

    def wait_ready(self) -> None:
        """Wait until every started server answers.

        Raises:
            ServiceFailed: one ended, or did not answer in time; with the end of its log.
            KeyboardInterrupt: a stop was asked for meanwhile.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while waiting := [child for child in self._children if not child.ready]:
            self.raise_if_ended()
            for child in waiting:
                child.ready = child.service.ready()
            if self.stop_requested.wait(_POLL_SECONDS):
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                late = waiting[0]
                raise ServiceFailed(f"{late.service.name} did not answer in {_READY_SECONDS:.0f} s.\n{late.log_tail()}")

    def follow(self) -> None:
        """Return when a stop is asked for.

        Raises:
            ServiceFailed: a server ended by itself; with the end of its log.
        """
        while not self.stop_requested.wait(0.2):
            self.raise_if_ended()

    def raise_if_ended(self) -> None:
        """Raise ServiceFailed for the first server that ended by itself."""
        for child in self._children:
            if failure := child.failure():
                raise ServiceFailed(f"{failure}.\n{child.log_tail()}")

    def stop_all(self) -> list[str]:
        """Stop every server, later stages first, and wait for each.

        Returns:
            the names of those that did not end in time and were ended by force.
        """
        forced: list[str] = []
        for stage in sorted(Stage, reverse=True):
            children = [child for child in self._children if child.service.stage is stage]
            for child in children:
                child.ask_to_stop()
            forced += [child.service.name for child in children if not child.wait_stopped()]
        self._children.clear()
        return forced


def end_with_parent() -> None:
    """Have the kernel send this process SIGTERM when its parent ends, however the parent ends."""
    _ends_with_parent(signal.SIGTERM)()


def open_logs(directory: Path, names: Iterable[str]) -> dict[str, Path]:
    """The log file of each named server, in a directory that exists afterwards."""
    directory.mkdir(parents=True, exist_ok=True)
    return {name: directory / f"{name}.log" for name in names}


def _ends_with_parent(number: signal.Signals) -> Callable[[], None]:
    if sys.platform != "linux":
        return lambda: None  # Only Linux has the call; elsewhere a supervisor ended by SIGKILL leaves its children.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")

    return ask_kernel


def _describe_exit(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
