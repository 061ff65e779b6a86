"""What came of sign-ins by a connection, one by one and in short."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from federation.models import Connection, FederatedSignIn, SignInOutcome

# How far back a failure rate looks.
LOOKS_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Health:
    """How sign-ins by a connection go.

    Args:
        last_success: when somebody came in last; None where nobody ever did.
        finished: how many came back within `LOOKS_BACK`, those aside whom we refused.
        failed: how many of them the identity provider or Cognito refused.
    """

    last_success: datetime | None = None
    finished: int = 0
    failed: int = 0

    @property
    def failure_percent(self) -> int:
        """The share of failures, rounded up: one that failed is never none."""
        return -(-self.failed * 100 // self.finished) if self.finished else 0


def sign_ins_of(
    connection: Connection, *, outcome: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[FederatedSignIn]:
    """Return the log of a connection, the newest first, with the users concerned.

    Args:
        connection: whose.
        outcome: a `SignInOutcome` to look for; empty for all.
        since: only those that began then or later.
        until: only those that began before.
    """
    rows = FederatedSignIn.objects.filter(tenant=connection.tenant_id, connection=connection).select_related("user")
    if since is not None:
        rows = rows.filter(started_at__gte=since)
    if until is not None:
        rows = rows.filter(started_at__lt=until)
    return rows.filter(_ended_so(outcome)).order_by("-started_at", "-pk")


def _ended_so(outcome: str) -> Q:
    """The rows whose `FederatedSignIn.state` is an outcome."""
    is_late = Q(outcome=SignInOutcome.STARTED, expires_at__lte=timezone.now())
    match outcome:
        case "":
            return Q()
        case SignInOutcome.STARTED:
            return Q(outcome=outcome) & ~is_late
        case SignInOutcome.ABANDONED:
            return Q(outcome=outcome) | is_late
        case _:
            return Q(outcome=outcome)


def health_of(connections: Collection[Connection]) -> Mapping[uuid.UUID, Health]:
    """Return how sign-ins by each connection go, in one query; one that nobody ever used is left out."""
    recent = Q(started_at__gt=timezone.now() - LOOKS_BACK)
    failed, succeeded = Q(outcome=SignInOutcome.FAILED), Q(outcome=SignInOutcome.SUCCEEDED)
    rows = FederatedSignIn.objects.filter(connection__in=[each.pk for each in connections]).order_by()
    found = rows.values("connection").annotate(
        last_success=Max("finished_at", filter=succeeded),
        finished=Count("pk", filter=recent & (failed | succeeded)),
        failed=Count("pk", filter=recent & failed),
    )
    return {row["connection"]: Health(row["last_success"], row["finished"], row["failed"]) for row in found}
