"""What is known about one call: who makes it, which quota it counts against, how it ended."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint


class Priority(IntEnum):
    """Who goes first when the budget is short; the lower number wins."""

    SIGN_IN = 0
    KILL_SWITCH = 1
    CONFIGURATION = 2
    BULK = 3


class Outcome(StrEnum):
    """How one call ended."""

    OK = "ok"
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"
    TRANSIENT = "transient"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Call:
    """One call about to be made.

    ``pool_id`` and ``username`` are the pool and the user concerned, where there is one: some quotas are also limited
    per pool, and what is written for one user is.
    """

    endpoint: CellEndpoint
    category: Category
    operation: str
    pool_id: str | None
    priority: Priority
    username: str | None = None
