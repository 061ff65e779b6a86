"""How far Cognito is behind PostgreSQL, in numbers for whoever watches. Ages are by PostgreSQL's clock, in seconds."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, CharField, Count, DurationField, ExpressionWrapper, F, Min, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from identity.models import PeriodicRun, PullState, ResourceState, SyncedResource, WorkerHeartbeat
from tenants.models import OutboxEntry, SyncKind
from tenants.models.outbox import WAITING

# The state of an owed row in the words that pages use: only a failure that a person must mend has a remedy.
_STATE = Case(
    When(lease_until__gt=Now(), then=Value(ResourceState.SYNCING.value)),
    When(last_error_code__in=("", WAITING), then=Value(ResourceState.PENDING.value)),
    When(~Q(remedy=""), then=Value(ResourceState.BLOCKED.value)),
    default=Value(ResourceState.FAILING.value),
    output_field=CharField(),
)


@dataclass(frozen=True)
class Owed:
    """Outbox rows of one kind in one state. `oldest_seconds` is None when nobody but the schedule asked for them."""

    kind: str
    state: str
    rows: int
    oldest_seconds: float | None


def owed() -> list[Owed]:
    """Return what is owed, by kind and state. Reads owed rows alone, by their partial index."""
    rows = (
        OutboxEntry.objects.filter(done_gen__lt=F("wanted_gen"))
        .values("kind", state=_STATE)
        .annotate(rows=Count("pk"), age=_age(Min("owed_since", filter=Q(scheduled=False))))
    )
    return [Owed(row["kind"], row["state"], row["rows"], _seconds(row["age"])) for row in rows]


def resources_not_in_sync() -> dict[tuple[str, str], int]:
    """Return how many resources are not in sync, by (family, state). Reads their partial index alone."""
    rows = SyncedResource.objects.exclude(state=ResourceState.IN_SYNC).order_by().values_list("family", "state")
    return {(family, state): number for family, state, number in rows.annotate(number=Count("pk"))}


def periodic_tasks() -> dict[str, float]:
    """Return the seconds since each periodic task last succeeded; one that never did is not in it."""
    rows = PeriodicRun.objects.annotate(age=_age(F("succeeded_at"))).values_list("task", "age")
    return {task: age.total_seconds() for task, age in rows}


def oldest_comparison() -> float | None:
    """Return the seconds since what was compared longest ago was; None before anything was.

    What is owed, because it failed say, is left out: that is told by `owed`.
    """
    settled = OutboxEntry.objects.filter(kind__in=(SyncKind.POOL, SyncKind.TENANT), done_gen=F("wanted_gen"))
    return _seconds(settled.aggregate(age=_age(Min("settled_at")))["age"])


def pull_overdue() -> float:
    """Return by how many seconds the most belated sweep of a pool's users is late; 0 when none is."""
    late = PullState.objects.filter(next_at__lt=Now()).aggregate(age=_age(Min("next_at")))["age"]
    return _seconds(late) or 0.0


def workers() -> dict[str, float]:
    """Return the seconds since each worker last carried out its heartbeat."""
    rows = WorkerHeartbeat.objects.annotate(age=_age(F("seen_at"))).values_list("worker", "age")
    return {worker: age.total_seconds() for worker, age in rows}


def _age(moment: F | Min) -> "ExpressionWrapper[CombinedExpression]":
    return ExpressionWrapper(Now() - moment, output_field=DurationField())


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else age.total_seconds()
