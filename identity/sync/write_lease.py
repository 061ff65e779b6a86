"""One writer to a pool at a time. Cognito's updates have no version, so that two who merge undo each other."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from identity.models import WriteLease
from identity.sync.attempt import Attempt
from identity.sync.errors import NotYet
from tenants.models import UserPool
from tenants.services.outbox import LeaseLost

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
        """Let the next writer in at once."""
        self._rows.delete()


@contextmanager
def pool_writer(attempt: Attempt, pool: UserPool) -> Iterator[WriteGuard]:
    """Hold the write lease of `pool` for the block. A worker that dies in it holds the pool up for one term at most.

    Raises:
        NotYet: somebody else holds it.
    """
    token = uuid.uuid4()
    if not _take(pool.pk, token):
        raise NotYet("Another change is being written to the same user pool.", delay=_LOOK_AGAIN)
    guard = WriteGuard(attempt, pool.pk, token)
    try:
        yield guard
    finally:
        guard.release()


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


def _term() -> timedelta:
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)
