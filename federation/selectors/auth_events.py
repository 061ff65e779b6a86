"""Reads of the log of sign-ins: line by line, and in figures."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from federation.models import AuthEvent, AuthOutcome
from identity.models import DirectoryUser
from tenants.http import network_of
from tenants.models import Tenant

# How many days a chart shows where nobody says otherwise, and at the most.
CHARTED_DAYS, LONGEST_CHART = 30, 400
_REASONS_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class AuthEventFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of somebody's address, or an IP address, or the beginning of one.
        outcome: an `AuthOutcome`.
        way: an `AuthWay`.
        reason: a code of `federation.auth_reasons`.
        application: for which.
        user: of whom.
        new_device: only those with a browser with which the user had not signed in before.
        since: the first day, UTC.
        until: the last day, UTC.
    """

    q: str = ""
    outcome: str = ""
    way: str = ""
    reason: str = ""
    application: uuid.UUID | None = None
    user: uuid.UUID | None = None
    new_device: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Day:
    """How many attempts of a day, UTC, ended how."""

    day: date
    succeeded: int = 0
    failed: int = 0
    limited: int = 0


@dataclass(frozen=True)
class Figures:
    """The log in figures.

    Args:
        days: one after the other, also those on which nothing happened.
        reasons: why attempts did not succeed, the most frequent first: code and how often.
        networks: from where most attempts came that did not succeed, likewise.
    """

    days: Sequence[Day]
    reasons: Sequence[tuple[str, int]]
    networks: Sequence[tuple[str, int]]

    @property
    def total(self) -> Day:
        """All days together, dated as the last one."""
        return Day(
            self.days[-1].day,
            sum(day.succeeded for day in self.days),
            sum(day.failed for day in self.days),
            sum(day.limited for day in self.days),
        )


def auth_events(tenant: Tenant, wanted: AuthEventFilter) -> QuerySet[AuthEvent]:
    """Return the attempts of a tenant that a filter leaves, in no order yet, with what a line of the log names."""
    events = AuthEvent.objects.filter(_about(wanted), tenant=tenant)
    if wanted.since:
        events = events.filter(created_at__gte=_begin_of(wanted.since))
    if wanted.until:
        events = events.filter(created_at__lt=_begin_of(wanted.until) + timedelta(days=1))
    return events.select_related("user", "application", "connection", "federated")


def figures(tenant: Tenant, wanted: AuthEventFilter) -> Figures:
    """Return the attempts that a filter leaves in figures; of the last `CHARTED_DAYS` where it names no first day."""
    first, last = _charted(wanted)
    events = AuthEvent.objects.filter(
        _about(wanted),
        tenant=tenant,
        created_at__gte=_begin_of(first),
        created_at__lt=_begin_of(last) + timedelta(days=1),
    ).order_by()
    counted = events.annotate(day=TruncDate("created_at", tzinfo=UTC)).values("day")
    rows = counted.annotate(**{each.value: Count("pk", filter=Q(outcome=each)) for each in AuthOutcome})
    found = {row["day"]: Day(**row) for row in rows}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    others = events.exclude(outcome=AuthOutcome.SUCCEEDED)
    return Figures(
        days=[found.get(day, Day(day)) for day in days],
        reasons=_most(others, "reason"),
        networks=_most(others.exclude(network=""), "network"),
    )


def recent_attempts(user: DirectoryUser, limit: int) -> list[AuthEvent]:
    """Return the newest attempts to sign in as somebody, those that succeeded and the others."""
    rows = AuthEvent.objects.filter(tenant=user.tenant_id, user=user).order_by("-created_at", "-pk")
    return list(rows.select_related("application", "connection", "federated")[:limit])


def _about(wanted: AuthEventFilter) -> Q:
    condition = _matching(wanted.q.strip())
    for name in ("outcome", "way", "reason", "application", "user"):
        if value := getattr(wanted, name):
            condition &= Q(**{name: value})
    if wanted.new_device:
        condition &= Q(known_device=False, user__isnull=False)
    return condition


def _matching(q: str) -> Q:
    if not q:
        return Q()
    try:
        return Q(network=network_of(str(ip_address(q))))
    except ValueError:
        return Q(user__email__icontains=q) | Q(network__startswith=q)


def _most(events: QuerySet[AuthEvent], name: str) -> list[tuple[str, int]]:
    rows = events.values(name).annotate(times=Count("pk")).order_by("-times", name)[:_REASONS_SHOWN]
    return [(row[name], row["times"]) for row in rows]


def _charted(wanted: AuthEventFilter) -> tuple[date, date]:
    today = timezone.now().astimezone(UTC).date()
    last = min(wanted.until or today, today)
    first = wanted.since or last - timedelta(days=CHARTED_DAYS - 1)
    first = min(max(first, last - timedelta(days=LONGEST_CHART - 1)), last)
    return first, last


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
