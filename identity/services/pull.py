"""What an operator does about the pull: reading a pool now, and saying that those who vanished are gone on purpose."""

import uuid

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from identity.models import PullState
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound
from tenants.models import SyncKind, UserPool
from tenants.services import audit
from tenants.services.outbox import request_sync


@transaction.atomic
def pull_now(pool_id: uuid.UUID, *, actor: Actor) -> UserPool:
    """Read a pool's users now and not when it is due.

    Raises:
        NotFound: there is no such pool.
        Conflict: Cognito does not have it yet.
    """
    pool = _pool(pool_id)
    if not pool.is_provisioned:
        raise Conflict(_("Cognito does not have this pool yet."))
    audit.record(Action.PULL_REQUESTED, actor=actor, target=pool)
    request_sync(SyncKind.PULL, pool.pk, actor=actor)
    return pool


@transaction.atomic
def confirm_vanished(pool_id: uuid.UUID, *, actor: Actor) -> UserPool:
    """Say that the users who vanished from a pool at once were deleted on purpose: they become missing.

    Raises:
        NotFound: there is no such pool.
        Conflict: nothing is held up there.
    """
    pool = _pool(pool_id)
    state = PullState.objects.select_for_update().filter(pool=pool, vanished__isnull=False).first()
    if state is None:
        raise Conflict(_("No users of this pool wait to be confirmed as gone."))
    PullState.objects.filter(pk=state.pk).update(vanished_confirmed_at=Now())
    audit.record(Action.VANISHED_CONFIRMED, actor=actor, target=pool, after={"users": state.vanished})
    request_sync(SyncKind.PULL, pool.pk, actor=actor)
    return pool


def _pool(pool_id: uuid.UUID) -> UserPool:
    pool = UserPool.objects.filter(pk=pool_id).first()
    if pool is None:
        raise NotFound
    return pool
