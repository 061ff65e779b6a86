"""What a process found out last, kept for a while."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """What was asked for last, by any thread of the process.

    Args:
        most: how many are kept; the one that was not asked for the longest time goes first.
        seconds: how long one is kept at most.
    """

    def __init__(self, *, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def find(self, key: Key) -> Value | None:
        """Return what is kept by a key."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found[0] <= time.monotonic():
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return found[1]

    def keep(self, key: Key, value: Value, *, since: float | None = None) -> None:
        """Keep something, unless what is kept by the key was found out later.

        Args:
            key: by which it is found.
            value: what is kept.
            since: by `time.monotonic`, when it was asked for; from then on it counts. None for now.
        """
        until = (time.monotonic() if since is None else since) + self.seconds
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                if found[0] > until:
                    return
                self._kept.move_to_end(key)
            self._kept[key] = until, value
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def values(self) -> list[Value]:
        """Return all that is kept, the one that was asked for last at the end."""
        with self._lock:
            return [value for _until, value in self._kept.values()]

    def forget_all(self) -> None:
        """Keep nothing of what is kept."""
        with self._lock:
            self._kept.clear()
