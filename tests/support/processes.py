"""The product's own processes beside a test, on the test's database."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from local.stack import product
from local.stack.processes import Service
from tests.support.waiting import eventually


class LiveProcess:
    """One service that can be started, stopped, killed, and started again."""

    def __init__(self, make_service: Callable[[], Service]) -> None:
        self._make_service = make_service
        self._service = make_service()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        assert self._process is None, "it runs already"
        self._service = self._make_service()
        with self._service.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._service.command,
                env=dict(self._service.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(self._is_ready, timeout=60)

    def stop(self) -> None:
        """Ask it to finish and wait; nothing happens when it does not run."""
        self._end(signal.SIGTERM, group=False)

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self._end(signal.SIGKILL, group=True)

    def log(self) -> str:
        """What it wrote so far."""
        return self._service.log.read_text(errors="replace")

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert_running(self._process, self.log())
        return self._service.ready()

    def _end(self, number: signal.Signals, *, group: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait()


class LiveWorker:
    """A Celery worker, and beat, which wakes its sweep."""

    def __init__(self, python: Path, database: str, redis_port: int, folder: Path) -> None:
        environment = on_database(database)
        self._worker = LiveProcess(lambda: product.worker(python, environment, redis_port, folder / "worker.log"))
        self._beat = LiveProcess(lambda: product.beat(python, environment, folder / "beat.log", folder))

    def start(self) -> None:
        """Start both and wait until the worker takes work."""
        self._worker.start()
        self._beat.start()

    def kill(self) -> None:
        """End both with SIGKILL; `start` may be called again."""
        self._worker.kill()
        self._beat.kill()

    def stop(self) -> None:
        """Let both finish what they are doing."""
        self._beat.stop()
        self._worker.stop()

    def log(self) -> str:
        """What the worker wrote so far."""
        return self._worker.log()


def on_database(name: str) -> Mapping[str, str]:
    """Our environment, with the product's database replaced by the one named (pytest-django's test database)."""
    parts = urlsplit(os.environ["LIFEGUARD_DATABASE_URL"])
    return {**os.environ, "LIFEGUARD_DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}


class EndedEarly(Exception):
    """A process ended before the test was done with it."""


def assert_running(process: subprocess.Popen[bytes], log: str) -> None:
    """Raise EndedEarly with the log when the process has ended."""
    code = process.poll()
    if code is not None:
        raise EndedEarly(f"exit code {code}; its log:\n{log[-4000:]}")
