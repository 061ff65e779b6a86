"""What was asked of the service, in order of arrival."""

import collections
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 100_000


@dataclass
class Entry:
    """One call.

    Attributes:
        key: what the call was about: a username, group, client, provider, domain or pool name.
        status: HTTP status, None while it is under way, 499 where the caller went away before anything was applied.
        error: the exception's code where there was one.
        applied: whether anything was committed: known even where no answer was sent, and true for a refusal that
            changes state, such as a counted wrong password or a letter that could not be sent.
        time: arrival by the service's clock, seconds since the epoch.
    """

    seq: int
    operation: str
    pool_id: str | None
    key: str | None
    account: str
    time: float
    status: int | None = None
    error: str | None = None
    applied: bool = False


class Journal:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._entries: collections.deque[Entry] = collections.deque(maxlen=_KEPT)
        self._next = 1

    def begin(self, operation: str, pool_id: str | None, key: str | None, account: str, time: float) -> Entry:
        """Note the arrival of a call."""
        entry = Entry(self._next, operation, pool_id, key, account, time)
        self._next += 1
        self._entries.append(entry)
        return entry

    def shown(self) -> list[dict[str, Any]]:
        """All entries as JSON."""
        return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget everything; sequence numbers go on."""
        self._entries.clear()
