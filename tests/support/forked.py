"""A worker's work for one key in a process of its own, which a test can kill, hold up, or cut off from PostgreSQL."""

import contextlib
import os
import signal
import uuid

from django.db import connection, connections

from identity.sync import engine
from tenants.models import SyncKind
from tests.support.cognito import LocalCognito
from tests.support.waiting import eventually


class ForkedWorker:
    """One attempt at reconciling a key, begun at once."""

    def __init__(self, kind: SyncKind, key: uuid.UUID) -> None:
        self._status: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            _work_and_exit(kind, key)

    def is_over(self) -> bool:
        """Say whether it has ended, however it did."""
        if self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def held_or_over(self, cognito: LocalCognito) -> None:
        """Wait until one of its calls is held, or it has ended without coming to one."""
        eventually(lambda: cognito.is_holding() or self.is_over())

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if not self.is_over():
            os.kill(self._pid, signal.SIGKILL)
        self.join()

    def join(self) -> None:
        """Wait until it has ended."""
        eventually(self.is_over)


def cut_off_others() -> None:
    """Kill the PostgreSQL back ends of every process but this one on this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _work_and_exit(kind: SyncKind, key: uuid.UUID) -> None:
    # The sockets that were inherited are the parent's. Closing them would end its sessions, so they are only let go of.
    for each in connections.all(initialized_only=True):
        each.connection = None
    with contextlib.redirect_stdout(None), contextlib.redirect_stderr(None), contextlib.suppress(Exception):
        engine.run(kind, key)
    # Without the clean-up of an interpreter that is a copy: it would end what the parent goes on using.
    os._exit(0)
