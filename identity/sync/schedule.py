"""Comparing everything with Cognito now and then, spread over time so that it stays far inside the read quotas."""

import math
from datetime import timedelta

from identity.models import PlanOutcome, SyncPlan
from tenants.models import FleetSettings, OutboxEntry, SyncKind
from tenants.services import comparisons

COMPARED = (SyncKind.POOL, SyncKind.TENANT)
TICK = timedelta(minutes=1)
# How much more than the even share one tick may take on, to catch up after the workers were away.
_CATCH_UP = 2


def schedule_comparisons() -> int:
    """Owe a comparison of what was settled longest ago, a tick's share of all there is; return of how many."""
    period = timedelta(hours=FleetSettings.current().compare_hours)
    keys = OutboxEntry.objects.filter(kind__in=COMPARED).count()
    share = math.ceil(keys * _CATCH_UP * (TICK / period))
    return comparisons.owe_comparisons(COMPARED, older_than=period, limit=share, spread=TICK) if share else 0


def requested_dry_runs(limit: int) -> list[SyncPlan]:
    """Return the plans that somebody asked to see and that no worker has filled in yet, the oldest first."""
    waiting = SyncPlan.objects.filter(dry_run=True, outcome=PlanOutcome.REQUESTED)
    return list(waiting.order_by("started_at")[:limit])
