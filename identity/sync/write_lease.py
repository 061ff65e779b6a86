"""One writer to a pool at a time. Cognito's updates have no version, so that two who merge undo each other.

Who is through wakes the next one. Who waits also looks again by itself, in case that was lost: the later, the more wait
beside it, so that many who wait for one pool cost no more than a few.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from identity.cognito.errors import BudgetSpent
from identity.models import WriteLease
from identity.sync.attempt import Attempt
from identity.sync.errors import NotYet
from tenants.jitter import jittered
from tenants.models import OutboxEntry, SyncKind, Tenant, UserPool
from tenants.services import outbox
from tenants.services.outbox import LeaseLost

# Of all who wait for a pool, about one looks again in this time.
_LOOK_AGAIN = timedelta(seconds=1)


class WriteGuard:
    """The right to write to one pool for one attempt. Ask `before_write` each time: it may have been lost meanwhile."""

    def __init__(self, attempt: Attempt, pool_id: uuid.UUID, token: uuid.UUID) -> None:
        self._attempt = attempt
        self._rows = WriteLease.objects.filter(pool_id=pool_id, token=token)

    def before_write(self) -> None:
        """Renew both leases, so that a full term is left for the one remote call that follows.

        A call times out after 7 s (2 to connect, 5 to read), well inside a term.

        Raises:
            LeaseLost: another worker has taken the key or the pool over; nothing more may be written.
        """
        self._attempt.before_write()
        if not self._rows.update(expires_at=Now() + _term()):
            raise LeaseLost("the pool's write lease")

    def release(self) -> None:
        """Let the next writer in."""
        self._rows.delete()


@contextmanager
def pool_writer(attempt: Attempt, pool: UserPool) -> Iterator[WriteGuard]:
    """Hold the write lease of `pool` for the block. A worker that dies in it holds the pool up for one term at most.

    Raises:
        NotYet: somebody else holds it.
    """
    token = uuid.uuid4()
    if not _take(pool.pk, token):
        raise NotYet("Another change is being written to the same user pool.", delay=_fallback(pool.pk))
    guard = WriteGuard(attempt, pool.pk, token)
    wakes_next = True
    try:
        yield guard
    except BudgetSpent:
        # Whoever comes next would be put off too; each comes back by itself when there is room.
        wakes_next = False
        raise
    finally:
        guard.release()
        if wakes_next:
            _wake_next(pool.pk)


def _wake_next(pool_id: uuid.UUID) -> None:
    """Wake the pool itself before its tenants, which may wait for what it gets."""
    if not outbox.wake_first(outbox.waiting(SyncKind.POOL, [pool_id])):
        outbox.wake_first(_waiting_tenants(pool_id))


def _take(pool_id: uuid.UUID, token: uuid.UUID) -> bool:
    expired = WriteLease.objects.filter(pool_id=pool_id, expires_at__lt=Now())
    if expired.update(token=token, expires_at=Now() + _term()):
        return True
    try:
        with transaction.atomic():
            WriteLease.objects.create(pool_id=pool_id, token=token, expires_at=Now() + _term())
    except IntegrityError:
        # Somebody holds it. Or took it between the two statements, which is the same to us.
        return False
    return True


def _waiting_tenants(pool_id: uuid.UUID) -> QuerySet[OutboxEntry]:
    return outbox.waiting(SyncKind.TENANT, Tenant.objects.filter(pool=pool_id).values("pk"))


def _fallback(pool_id: uuid.UUID) -> timedelta:
    """Return when to look again where nobody wakes us; not later than a holder that died lets go."""
    others = 1 + _waiting_tenants(pool_id).count()
    return jittered(min(_term(), _LOOK_AGAIN * others), least=0.5, most=1)


def _term() -> timedelta:
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)
