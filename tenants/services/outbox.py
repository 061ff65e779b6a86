"""Owing something to Cognito, taking it on, and settling it.

Rows are written here, in `outbox_batch` and in `comparisons`, and nowhere else.
All times are PostgreSQL's: a lease must mean the same to every process, also where a machine's clock jumped.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest, Now

from tenants.actor import Actor
from tenants.models import OutboxEntry, SyncKind
from tenants.models.outbox import WAITING
from tenants.request_context import current_request_id
from tenants.services.wake_ups import send

RECONCILE_TASK = "identity.sync.reconcile"
# Messages of these kinds are taken when no others wait: letters, of which a bulk change may owe thousands, and after
# them its chunks. kombu's Redis transport keeps a list for each of the priorities 0, 3, 6 and 9, and takes 0 first.
_PRIORITY = {SyncKind.INVITATION: 6, SyncKind.BULK: 9}
# A change that finds its row owed already waits no longer than the one before it; nobody waits for the schedule's.
OWED_SINCE = Case(When(Q(done_gen=F("wanted_gen")) | Q(scheduled=True), then=Now()), default=F("owed_since"))


@dataclass(frozen=True)
class Asker:
    """Who asked for work, as plans name them: an `ActorKind` and the actor's label; both empty for nobody."""

    kind: str
    label: str

    @classmethod
    def of(cls, actor: Actor | None) -> "Asker":
        """Return what to keep of an actor."""
        return cls(actor.kind.value, actor.label) if actor is not None else NOBODY


NOBODY = Asker("", "")


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
    scheduled: bool = False
    asker: Asker = NOBODY
    request_id: str = ""


def request_sync(kind: SyncKind, key: uuid.UUID, *, scheduled: bool = False, actor: Actor | None = None) -> None:
    """Owe a reconcile of (kind, key). Runs in the transaction of the change; wakes a worker once that commits.

    Args:
        kind: what the key names.
        key: which one.
        scheduled: nobody waits for it, so that no page counts it as under way.
        actor: who made the change, or asked for the sync; None where it follows from other work.
    """
    asker = Asker.of(actor)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A sync request belongs in the transaction of its change.")
    if not _raise_wanted(kind, key, scheduled=scheduled, asker=asker):
        try:
            with transaction.atomic():
                OutboxEntry.objects.create(
                    kind=kind,
                    key=key,
                    next_attempt_at=Now(),
                    scheduled=scheduled,
                    asker_kind=asker.kind,
                    asker_label=asker.label,
                    request_id=current_request_id(),
                )
        except IntegrityError:
            # Somebody inserted the row meanwhile; it is there now.
            _raise_wanted(kind, key, scheduled=scheduled, asker=asker)
    transaction.on_commit(lambda: wake(kind, key))


def _raise_wanted(kind: SyncKind, key: uuid.UUID, *, scheduled: bool, asker: Asker) -> bool:
    rows = OutboxEntry.objects.filter(kind=kind, key=key)
    return bool(
        rows.update(
            wanted_gen=F("wanted_gen") + 1,
            next_attempt_at=Now(),
            attempts=0,
            scheduled=scheduled,
            owed_since=OWED_SINCE,
            asker_kind=asker.kind if asker != NOBODY else _as_owed("asker_kind"),
            asker_label=asker.label if asker != NOBODY else _as_owed("asker_label"),
            request_id=current_request_id() or _as_owed("request_id"),
            updated_at=Now(),
        )
    )


def _as_owed(column: str) -> Case:
    """What a request of nobody leaves in place: who asked for what is still owed."""
    return Case(When(done_gen=F("wanted_gen"), then=Value("")), default=F(column))


def is_owed(kind: SyncKind, key: uuid.UUID) -> bool:
    """Say whether a reconcile of (kind, key) is still to be done."""
    return OutboxEntry.objects.filter(kind=kind, key=key, done_gen__lt=F("wanted_gen")).exists()


def wake(kind: SyncKind, key: uuid.UUID, *, delay: timedelta = timedelta(0), expires: int | None = None) -> None:
    """Ask a worker to look at (kind, key). A broker that is away costs only the wait for the next sweep.

    Args:
        kind: what the key names.
        key: which one.
        delay: how long the message waits before a worker takes it.
        expires: seconds after which the message is thrown away unread.
    """
    send(RECONCILE_TASK, str(kind), str(key), delay=delay, expires=expires, priority=_PRIORITY.get(kind))


def send_soon(task: str, *args: str, priority: int | None = None) -> None:
    """Wake a worker for a task whose work is a row that the sweep finds as well; see `_PRIORITY`."""
    send(task, *args, priority=priority)


def _free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def _due() -> Q:
    return _free() & Q(done_gen__lt=F("wanted_gen"), next_attempt_at__lte=Now())


def due(limit: int) -> list[tuple[SyncKind, uuid.UUID]]:
    """Return what is owed, may be tried now and nobody holds; the longest waiting first."""
    rows = OutboxEntry.objects.filter(_due()).order_by("next_attempt_at")
    return [(SyncKind(kind), key) for kind, key in rows.values_list("kind", "key")[:limit]]


def waiting(kind: SyncKind, keys: Collection[uuid.UUID] | QuerySet[Any, Any]) -> QuerySet[OutboxEntry]:
    """Return the rows of `keys` that nobody holds and that only wait for something else; whom a person waits for first.

    Args:
        kind: what the keys name.
        keys: which ones; a query of them does as well.
    """
    rows = OutboxEntry.objects.filter(_free(), kind=kind, key__in=keys, done_gen__lt=F("wanted_gen"))
    return rows.filter(last_error_code=WAITING).order_by("scheduled", "next_attempt_at")


def wake_first(rows: QuerySet[OutboxEntry]) -> bool:
    """Let the first of `rows` try again now, because what it waited for has ended; say whether there was one."""
    first = rows.first()
    if first is None:
        return False
    OutboxEntry.objects.filter(pk=first.pk).update(next_attempt_at=Now())
    wake(SyncKind(first.kind), first.key)
    return True


def take_lease(kind: SyncKind, key: uuid.UUID) -> Lease | None:
    """Take (kind, key) on, unless nothing is owed, it is not yet time, or somebody else holds it.

    Refuses to run inside a transaction: the lease must be visible to others before anything remote happens.
    """
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        rows = OutboxEntry.objects.select_for_update(skip_locked=True).filter(_due(), kind=kind, key=key)
        entry = rows.first()
        if entry is None:
            return None
        OutboxEntry.objects.filter(pk=entry.pk).update(
            lease_token=token, lease_until=Now() + _term(), attempts=F("attempts") + 1
        )
    asker = Asker(entry.asker_kind, entry.asker_label)
    return Lease(
        entry.pk,
        SyncKind(kind),
        key,
        token,
        entry.wanted_gen,
        entry.attempts + 1,
        entry.scheduled,
        asker,
        entry.request_id,
    )


def _term() -> timedelta:
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)


def renew_lease(lease: Lease) -> None:
    """Hold the lease for another full term.

    Raises:
        LeaseLost: it expired and somebody else took the row.
    """
    if not _held(lease).update(lease_until=Now() + _term()):
        raise LeaseLost(f"{lease.kind} {lease.key}")


def settle(lease: Lease) -> None:
    """Record that the generation the lease was taken at is applied; wakes a worker when more was asked for meanwhile.

    Raises:
        LeaseLost: the lease is no longer ours, so what we applied may be out of date and is not recorded.
    """
    settled = _held(lease).update(
        done_gen=lease.generation,
        lease_token=None,
        lease_until=None,
        attempts=0,
        # Work that somebody asked for does not put off the schedule's comparison, which looks at more.
        settled_at=Now() if lease.scheduled else Coalesce(F("settled_at"), Now()),
        # What was asked for meanwhile, if anything, waits since the row was last touched.
        owed_since=F("updated_at"),
        last_error="",
        last_error_code="",
        remedy="",
        updated_at=Now(),
    )
    if not settled:
        raise LeaseLost(f"{lease.kind} {lease.key}")
    if is_owed(lease.kind, lease.key):
        wake(lease.kind, lease.key)


def postpone(lease: Lease, *, delay: timedelta, code: str, error: str, remedy: str = "") -> None:
    """Give the lease back with the reason and the time of the next attempt.

    A change that arrived meanwhile has set the time to now; it is not put off by our failure with older wishes.

    Args:
        lease: what was tried.
        delay: from now to the next attempt. One that is due before the next sweep gets a message of its own.
        code: the failure, for a program.
        error: the failure, in words.
        remedy: what a person can do about it.

    Raises:
        LeaseLost: the lease is no longer ours.
    """
    with transaction.atomic():
        # The first update locks the row, so that a request which commits meanwhile is either seen or comes after.
        # Who only waits has not failed: the attempts say how long to pause after a failure.
        failed = 0 if code == WAITING else 1
        told = {"last_error": error, "last_error_code": code, "remedy": remedy, "updated_at": Now()}
        if not _held(lease).update(attempts=Greatest(F("attempts") - 1 + failed, 0), **told):
            raise LeaseLost(f"{lease.kind} {lease.key}")
        unchanged = _held(lease).filter(wanted_gen=lease.generation).update(next_attempt_at=Now() + delay)
        _held(lease).update(lease_token=None, lease_until=None)
    if not unchanged:
        wake(lease.kind, lease.key)
    elif delay < timedelta(seconds=settings.SYNC_SWEEP_SECONDS):
        wake(lease.kind, lease.key, delay=delay)


def _held(lease: Lease) -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.filter(pk=lease.entry_id, lease_token=lease.token)
