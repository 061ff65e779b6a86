"""Owing something to Cognito, taking it on, and settling it. The only code that writes outbox rows."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from tenants.models import OutboxEntry, SyncKind

logger = logging.getLogger(__name__)

RECONCILE_TASK = "identity.sync.reconcile"


class LeaseLost(Exception):
    """Another worker took the row over; what this one read may be out of date, so it must stop writing."""


@dataclass(frozen=True)
class Lease:
    """The right to reconcile one key until it expires, at the generation that was wanted when it was taken."""

    entry_id: int
    kind: SyncKind
    key: uuid.UUID
    token: uuid.UUID
    generation: int
    attempts: int


def request_sync(kind: SyncKind, key: uuid.UUID) -> None:
    """Owe a reconcile of (kind, key). Runs in the transaction of the change; wakes a worker once that commits."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A sync request belongs in the transaction of its change.")
    if not _raise_wanted(kind, key):
        try:
            with transaction.atomic():
                OutboxEntry.objects.create(kind=kind, key=key, next_attempt_at=timezone.now())
        except IntegrityError:
            # Somebody inserted the row meanwhile; it is there now.
            _raise_wanted(kind, key)
    transaction.on_commit(lambda: wake(kind, key))


def _raise_wanted(kind: SyncKind, key: uuid.UUID) -> bool:
    rows = OutboxEntry.objects.filter(kind=kind, key=key)
    return bool(
        rows.update(
            wanted_gen=F("wanted_gen") + 1, next_attempt_at=timezone.now(), attempts=0, updated_at=timezone.now()
        )
    )


def wake(kind: SyncKind, key: uuid.UUID) -> None:
    """Ask a worker to look at (kind, key) now. A broker that is away costs only the wait for the next sweep."""
    try:
        current_app.send_task(RECONCILE_TASK, args=[str(kind), str(key)], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker is away; the sweep will pick %s %s up: %s", kind, key, error)


def due(limit: int) -> list[tuple[SyncKind, uuid.UUID]]:
    """Return what is owed, may be tried now and nobody holds; the longest waiting first."""
    now = timezone.now()
    rows = OutboxEntry.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        done_gen__lt=F("wanted_gen"),
        next_attempt_at__lte=now,
    ).order_by("next_attempt_at")
    return [(SyncKind(kind), key) for kind, key in rows.values_list("kind", "key")[:limit]]


def take_lease(kind: SyncKind, key: uuid.UUID) -> Lease | None:
    """Take (kind, key) on, unless nothing is owed, it is not yet time, or somebody else holds it."""
    now = timezone.now()
    with transaction.atomic():
        entry = (
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), kind=kind, key=key)
            .filter(done_gen__lt=F("wanted_gen"), next_attempt_at__lte=now)
            .first()
        )
        if entry is None:
            return None
        entry.lease_token = uuid.uuid4()
        entry.lease_until = now + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
        entry.attempts += 1
        entry.save(update_fields=["lease_token", "lease_until", "attempts", "updated_at"])
    return Lease(entry.pk, SyncKind(kind), key, entry.lease_token, entry.wanted_gen, entry.attempts)


def renew_lease(lease: Lease) -> None:
    """Hold the lease for another full term.

    Raises:
        LeaseLost: it expired and somebody else took the row.
    """
    until = timezone.now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
    if not OutboxEntry.objects.filter(pk=lease.entry_id, lease_token=lease.token).update(lease_until=until):
        raise LeaseLost(f"{lease.kind} {lease.key}")


def settle(lease: Lease) -> None:
    """Record that the generation the lease was taken at is applied; wakes a worker when more was asked for meanwhile.

    Raises:
        LeaseLost: the lease is no longer ours, so what we applied may be out of date and is not recorded.
    """
    settled = OutboxEntry.objects.filter(pk=lease.entry_id, lease_token=lease.token).update(
        done_gen=lease.generation,
        lease_token=None,
        lease_until=None,
        attempts=0,
        last_error="",
        last_error_code="",
        remedy="",
        updated_at=timezone.now(),
    )
    if not settled:
        raise LeaseLost(f"{lease.kind} {lease.key}")
    if OutboxEntry.objects.filter(pk=lease.entry_id, done_gen__lt=F("wanted_gen")).exists():
        wake(lease.kind, lease.key)


def postpone(lease: Lease, *, until: datetime, code: str, error: str, remedy: str = "") -> None:
    """Give the lease back with the reason and the time of the next attempt.

    A change that arrived meanwhile has set the time to now; it is not put off by our failure with older wishes.

    Raises:
        LeaseLost: the lease is no longer ours.
    """
    row = OutboxEntry.objects.filter(pk=lease.entry_id, lease_token=lease.token)
    with transaction.atomic():
        released = row.update(last_error=error, last_error_code=code, remedy=remedy, updated_at=timezone.now())
        row.filter(wanted_gen=lease.generation).update(next_attempt_at=until)
        row.update(lease_token=None, lease_until=None)
    if not released:
        raise LeaseLost(f"{lease.kind} {lease.key}")
