"""Reads of the reconciler's own state."""

from datetime import datetime

from django.db.models import Max

from identity.models import WorkerHeartbeat


def worker_last_seen() -> datetime | None:
    """Return when a worker last carried out its heartbeat task, or None if none ever did."""
    seen: datetime | None = WorkerHeartbeat.objects.aggregate(newest=Max("seen_at"))["newest"]
    return seen
