"""What was asked of the service, in order of arrival."""

import collections
import itertools
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One call.

    Attributes:
        key: what the call was about: a username, group, client, provider, domain or pool name.
        status: HTTP status, None while it is under way, 499 where nothing was applied and no answer went out, because
            the caller went away or a fault cut the connection.
        error: the exception's code where there was one.
        applied: whether anything was committed: known even where no answer was sent, and true for a refusal that
            changes state, such as a counted wrong password or a letter that could not be sent.
        fault: the kind of fault that it met.
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
    fault: str | None = None


class Journal:
    """The last calls, oldest first: a bounded number, so that the journal of a long run stays small."""

    def __init__(self) -> None:
        self._entries: collections.deque[Entry] = collections.deque(maxlen=_KEPT)
        self._ids = itertools.count(1)

    def begin(self, operation: str, pool_id: str | None, key: str | None, account: str, time: float) -> Entry:
        """Note the arrival of a call."""
        entry = Entry(next(self._ids), operation, pool_id, key, account, time)
        self._entries.append(entry)
        return entry

    def shown(self, after: int = 0) -> list[dict[str, Any]]:
        """The entries with sequence numbers above `after` as JSON."""
        return [asdict(entry) for entry in self._entries if entry.seq > after]

    def keep(self, most: int) -> None:
        """Keep at most `most` calls from now on; 0 keeps none."""
        if not 0 <= most <= _KEPT:
            raise ValueError(f"the journal keeps 0 to {_KEPT} calls")
        self._entries = collections.deque(self._entries, maxlen=most)

    def clear(self) -> None:
        """Forget everything; sequence numbers go on."""
        self._entries.clear()
