"""From a hint to what is owed: a look at one user, or a sweep that comes sooner."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Least, Now

from identity.models import DirectoryUser, PullState, UnclaimedUser
from identity.pull.events import Hint
from tenants.models import Cell, SyncKind, UserPool
from tenants.services.outbox import request_sync

# However many events do not say whom they are about, a pool is swept at most so often for them.
_SWEEP_AGAIN = timedelta(minutes=15)


def follow(cell: Cell, hint: Hint) -> None:
    """Owe a look at whom a hint names, if they are in a pool of this cell; any other hint is worth nothing."""
    pool = UserPool.objects.filter(cell=cell, cognito_id=hint.pool_id).first()
    if pool is None:
        return
    if hint.sub:
        _look_at(pool, hint.sub)
    else:
        soonest = Greatest(Now(), Coalesce(F("finished_at"), Now() - _SWEEP_AGAIN) + _SWEEP_AGAIN)
        PullState.objects.filter(pool=pool).update(next_at=Least(F("next_at"), soonest))


@transaction.atomic
def _look_at(pool: UserPool, sub: str) -> None:
    known = DirectoryUser.objects.filter(cognito_sub=sub, tenant__pool=pool).values_list("pk", flat=True).first()
    if known is None:
        stranger, _ = UnclaimedUser.objects.get_or_create(pool=pool, sub=sub, defaults={"first_seen_at": Now()})
        known = stranger.pk
    request_sync(SyncKind.PULL_USER, known, scheduled=True)
