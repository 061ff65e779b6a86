"""How much of its request rates a cell uses: what is shown live under "Pools and cells"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.cells import endpoint_of
from identity.cognito.budget.limits import USED_PART
from identity.cognito.budget.usage import CategoryUsage, Minute, UsageUnknown, read_usage
from identity.cognito.categories import Category
from identity.cognito.quotas import QUOTAS, allowed_per_second
from tenants.errors import Unavailable
from tenants.models import Cell

_WORDS: Mapping[Category, Promise] = {
    Category.USER_AUTHENTICATION: _("Signing in, renewing tokens"),
    Category.CHALLENGE_RESPONSES: _("Passwords, codes and other answers of people who sign in"),
    Category.USER_CREATION: _("Creating users"),
    Category.USER_ACCOUNT_RECOVERY: _("Setting and resetting passwords"),
    Category.USER_READ: _("Reading one user"),
    Category.USER_UPDATE: _("Changing, disabling and deleting users; groups of users; signing out everywhere"),
    Category.USER_TOKEN: _("Revoking tokens"),
    Category.USER_RESOURCE_READ: _("Groups and devices of one user; sending codes"),
    Category.USER_RESOURCE_UPDATE: _("Second factors and devices of users"),
    Category.USER_LIST: _("Listing users"),
    Category.USER_POOL_READ: _("Reading pools"),
    Category.USER_POOL_UPDATE: _("Creating, changing and deleting pools"),
    Category.USER_POOL_RESOURCE_READ: _(
        "Reading domains, groups, identity providers and settings; 5 per operation and pool"
    ),
    Category.USER_POOL_RESOURCE_UPDATE: _("Changing the same; 5 per operation and pool"),
    Category.USER_POOL_CLIENT_READ: _("Reading app clients; 5 per operation and pool"),
    Category.USER_POOL_CLIENT_UPDATE: _("Changing app clients; 5 per operation and pool"),
    Category.CLIENT_AUTHENTICATION: _("Tokens for programs"),
    Category.LIMIT_MANAGEMENT: _("Asking AWS for its limits"),
    Category.UNASSIGNED: _("What AWS's list leaves out; the figure is Lifeguard's own"),
}


# What identity providers answer goes from the browser to Cognito: no call of ours, so that nothing can be said of it.
_NOT_SEEN = frozenset({Category.USER_FEDERATION})


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
    def words(self) -> str | Promise:
        """What counts against it, in words."""
        return _WORDS[Category(self.category)]

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
    """Return every category that we can count, the busiest first. Cells in one account and Region share these figures.

    Raises:
        Unavailable: Redis, which counts the calls, does not answer.
    """
    try:
        usage = read_usage(settings.REDIS_URL, endpoint_of(cell).place)
    except UsageUnknown as error:
        raise Unavailable("The calls are counted in Redis, which does not answer.") from error
    rows = [_headroom(cell, category, usage[category]) for category in Category if category not in _NOT_SEEN]
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
