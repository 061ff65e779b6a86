"""The Celery tasks: thin, because a message is only a wake-up."""

import uuid
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db.models.functions import Now

from identity.models import WorkerHeartbeat
from identity.services import bulk_jobs
from identity.services.tenant_lifecycle import request_due_removals
from identity.sync import dry_run, engine, journal, schedule
from identity.sync.removal import forget_settled
from tenants.models import SyncKind
from tenants.services import outbox

# What one sweep wakes at most. The next sweep takes the next ones, so that a backlog does not fill Redis.
_SWEEP_LIMIT = 500


@shared_task(name=outbox.RECONCILE_TASK)
def reconcile(kind: str, key: str) -> None:
    """Reconcile one key, if it is owed and due; a message too many does nothing."""
    engine.run(SyncKind(kind), uuid.UUID(key))


@shared_task(name="identity.sync.sweep")
def sweep() -> None:
    """Wake workers for all that is owed and due, whatever became of the messages sent for it.

    These messages expire by the next sweep, which sends them again: a busy worker does not find heaps of them.
    """
    for kind, key in outbox.due(_SWEEP_LIMIT):
        outbox.wake(kind, key, expires=settings.SYNC_SWEEP_SECONDS)
    for plan in schedule.requested_dry_runs(_SWEEP_LIMIT):
        dry_run_plan.apply_async((str(plan.pk),), expires=settings.SYNC_SWEEP_SECONDS)


@shared_task(name=dry_run.TASK)
def dry_run_plan(plan_id: str) -> None:
    """Show what a reconcile would do; a message too many does nothing."""
    dry_run.carry_out(uuid.UUID(plan_id))


@shared_task(name="identity.sync.schedule_comparisons")
def schedule_comparisons() -> None:
    """Owe this tick's share of comparisons."""
    schedule.schedule_comparisons()


@shared_task(name="identity.sync.remove_tenants")
def remove_tenants() -> None:
    """Owe the removal of tenants whose retention time is over, and forget what was owed for those who are gone."""
    request_due_removals()
    forget_settled()


@shared_task(name="identity.sync.purge_plans")
def purge_plans() -> None:
    """Delete plans that are older than they are kept."""
    journal.purge()


@shared_task(name="identity.sync.purge_bulk_jobs")
def purge_bulk_jobs() -> None:
    """Forget the input of bulk jobs that nobody confirmed or looks at any more."""
    bulk_jobs.purge_jobs()


@shared_task(name="identity.sync.heartbeat", bind=True)
def heartbeat(self: "Task[[], None]") -> None:
    """Record that this worker carries out tasks."""
    worker = self.request.hostname or "unknown"
    WorkerHeartbeat.objects.update_or_create(worker=worker, defaults={"seen_at": Now()})


@worker_ready.connect
def look_at_once(**_: Any) -> None:
    """Let a worker that has just started show that it works, and find what was left over, without waiting for beat."""
    heartbeat.delay()
    sweep.delay()
