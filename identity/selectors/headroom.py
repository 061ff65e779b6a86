"""How much of its request rates a cell uses: what is shown live under "Pools and cells"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from identity.cells import endpoint_of
from identity.cognito.budget.limits import USED_PART
from identity.cognito.budget.usage import CategoryUsage, Minute, UsageUnknown, read_usage
from identity.cognito.categories import Category
from identity.cognito.quotas import QUOTAS, allowed_per_second
from tenants.errors import Unavailable
from tenants.models import Cell


@dataclass(frozen=True)
class Headroom:
    """One category of a cell over the last hour. Rates are calls per second.

    Args:
        category: AWS's name of the quota.
        allowed: what AWS grants.
        granted: what the budget hands out now: a little less, or much less after AWS throttled calls.
        default: what AWS grants where nothing was raised.
        used: over the last minute.
        peak: in the busiest minute.
        minutes: the last sixty whole minutes, and the one that has begun.
        cut_by, cut_at: which operation AWS throttled last, and when.
    """

    category: str
    allowed: int
    granted: float
    default: int
    used: float
    peak: float
    minutes: Sequence[Minute]
    cut_by: str
    cut_at: datetime | None

    @property
    def calls(self) -> int:
        """Calls in the hour."""
        return sum(minute.calls for minute in self.minutes)

    @property
    def throttled(self) -> int:
        """Calls that AWS refused as too many."""
        return sum(minute.throttled for minute in self.minutes)

    @property
    def put_off(self) -> int:
        """Calls that were told to come back later."""
        return sum(minute.refused for minute in self.minutes)

    @property
    def waited(self) -> float:
        """Seconds that calls waited for their turn, added up."""
        return sum(minute.waited for minute in self.minutes)

    @property
    def waited_each(self) -> float:
        """Milliseconds that a call waited on average."""
        return self.waited / self.calls * 1000 if self.calls else 0.0

    @property
    def percent_used(self) -> int:
        """How much of what AWS grants is used now."""
        return round(self.used / self.allowed * 100)

    @property
    def is_cut(self) -> bool:
        """Say whether less is handed out than could be, because AWS throttled calls."""
        return self.granted < self.allowed * USED_PART * 0.999

    @property
    def is_raised(self) -> bool:
        """Say whether AWS grants more here than to everybody."""
        return self.allowed > self.default

    @property
    def was_used(self) -> bool:
        """Say whether anything was asked for in the hour."""
        return any(minute != Minute() for minute in self.minutes)


def headroom_of(cell: Cell) -> list[Headroom]:
    """Return every category of a cell, the busiest first. Cells in one account and Region share these figures.

    Raises:
        Unavailable: Redis, which counts the calls, does not answer.
    """
    try:
        usage = read_usage(settings.REDIS_URL, endpoint_of(cell).place)
    except UsageUnknown as error:
        raise Unavailable("The calls are counted in Redis, which does not answer.") from error
    rows = [_headroom(cell, category, usage[category]) for category in Category]
    return sorted(rows, key=lambda row: (-row.peak / row.allowed, -row.calls))


def _headroom(cell: Cell, category: Category, usage: CategoryUsage) -> Headroom:
    allowed = allowed_per_second(category, cell.raised_quotas)
    return Headroom(
        category=str(category),
        allowed=allowed,
        granted=allowed * USED_PART * usage.factor,
        default=QUOTAS[category].per_second,
        used=usage.per_second,
        peak=max(minute.calls for minute in usage.minutes) / 60,
        minutes=usage.minutes,
        cut_by=usage.cut_by,
        cut_at=usage.cut_at,
    )
