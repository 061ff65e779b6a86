"""One run per data folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


class AlreadyRunning(Exception):
    """Another run holds the data folder."""


class NotOurs(Exception):
    """The data folder was made by another user."""


@contextlib.contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Keep every other run away from `data_dir`; the kernel lets go of the lock however we end.

    Raises:
        AlreadyRunning: another process holds it.
        NotOurs: we may not write to it.
    """
    with _open(data_dir) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise AlreadyRunning(
                f"{data_dir} is in use by another run (process {holder}). Stop that one first with Ctrl-C."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _open(data_dir: Path) -> TextIO:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return (data_dir / "lock").open("a+")
    except PermissionError as error:
        raise NotOurs(f"{data_dir} cannot be written by this user. Was the demo last run by root? ({error})") from error
