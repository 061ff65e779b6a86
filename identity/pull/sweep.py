"""Listing a whole pool, a page at a time, and what follows from its end."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, UUIDField
from django.db.models.functions import Now

from identity.cells import pool_ref
from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.users import UserPage
from identity.models import PullPage, PullState, UnclaimedUser
from identity.pull.absence import find_gone
from identity.pull.partition import partition_of
from identity.pull.taking import Taken, take
from identity.sync.attempt import Attempt
from identity.sync.errors import NotYet
from tenants.jitter import jittered
from tenants.models import UserPool

# After so many pages the worker lets others have a turn: of 3,000 users.
PAGES_A_TURN = 50
# When a listing could not be believed, it is tried again sooner than usual.
AGAIN = timedelta(minutes=15)


def pull_pool(attempt: Attempt) -> None:
    """Read all users of a pool, going on where an attempt before this one stopped.

    Raises:
        NotYet: the next turn goes on.
        Blocked: more users are gone than can be believed.
    """
    pool = UserPool.objects.select_related("cell").filter(pk=attempt.key).first()
    if pool is None or not pool.is_provisioned:
        return
    state = _open(attempt, pool)
    if not state.listed:
        _list(attempt, pool, state)
    inconclusive = find_gone(attempt, pool, state)
    _finish(attempt, pool, state, inconclusive)


def _open(attempt: Attempt, pool: UserPool) -> PullState:
    """Return where the sweep is; a new one begins where none is under way."""
    with transaction.atomic():
        attempt.before_write()
        state, _ = PullState.objects.get_or_create(pool=pool, defaults={"next_at": Now()})
        if state.sweep is None:
            _begin(state)
    state.refresh_from_db()
    return state


def _begin(state: PullState) -> None:
    PullPage.objects.filter(pool_id=state.pk).delete()
    state.sweep, state.cursor, state.listed = uuid.uuid4(), "", False
    state.pages = state.users_seen = state.changed = 0
    PullState.objects.filter(pk=state.pk).update(
        sweep=state.sweep, cursor="", listed=False, pages=0, users_seen=0, changed=0, started_at=Now()
    )


def _list(attempt: Attempt, pool: UserPool, state: PullState) -> None:
    """Take pages in until the listing ends. What a page changes and where it ended are one transaction."""
    partition, ref = partition_of(pool), pool_ref(pool)
    for _ in range(PAGES_A_TURN):
        page = _next_page(attempt, ref, state)
        with transaction.atomic():
            attempt.before_write()
            _checkpoint(state, page, take(pool, partition, page.users))
        if state.listed:
            return
    raise NotYet(f"{state.users_seen} users were read so far.", delay=timedelta(0))


def _next_page(attempt: Attempt, ref: PoolRef, state: PullState) -> UserPage:
    try:
        return users.list_page(ref, state.cursor or None, priority=Priority.BULK)
    except errors.InvalidRequest:
        if not state.cursor:
            raise
    # Cognito does not say how long a token is good for. What was taken in is right; only the listing begins anew.
    with transaction.atomic():
        attempt.before_write()
        _begin(state)
    state.refresh_from_db()
    return users.list_page(ref, None, priority=Priority.BULK)


def _checkpoint(state: PullState, page: UserPage, taken: Taken) -> None:
    PullPage.objects.create(
        pool_id=state.pk,
        sweep=state.listing,
        number=state.pages,
        user_ids=taken.user_ids,
        unclaimed_ids=taken.strangers.unclaimed,
    )
    state.cursor, state.listed = page.token or "", page.token is None
    state.pages += 1
    state.users_seen += len(page.users)
    state.changed += taken.changed
    state.save(update_fields=["cursor", "listed", "pages", "users_seen", "changed"])


def _finish(attempt: Attempt, pool: UserPool, state: PullState, inconclusive: str) -> None:
    """Close the sweep, forget the unclaimed who are not there any more, and say when the next one is due."""
    with transaction.atomic():
        attempt.before_write()
        if not inconclusive:
            _forget_unclaimed(pool, state)
        PullPage.objects.filter(pool=pool).delete()
        PullState.objects.filter(pk=pool.pk).update(
            sweep=None,
            cursor="",
            listed=False,
            finished_at=Now(),
            finished_users=state.users_seen,
            finished_pages=state.pages,
            finished_changed=state.changed,
            inconclusive=inconclusive,
            vanished=None,
            vanished_confirmed_at=None,
            next_at=Now() + _pause(pool, inconclusive),
        )


def _forget_unclaimed(pool: UserPool, state: PullState) -> None:
    unnested = Func(F("unclaimed_ids"), function="unnest", output_field=UUIDField())
    shown = PullPage.objects.filter(pool=pool, sweep=state.listing).annotate(unclaimed_id=unnested)
    noted = UnclaimedUser.objects.filter(pool=pool, first_seen_at__lt=state.started_at).order_by()
    gone = noted.values_list("pk", flat=True).difference(shown.values_list("unclaimed_id", flat=True))
    UnclaimedUser.objects.filter(pk__in=list(gone)).delete()


def _pause(pool: UserPool, inconclusive: str) -> timedelta:
    """Return the time to the next sweep; a little random, so that pools that were due at once drift apart."""
    usual = jittered(timedelta(seconds=settings.PULL_INTERVAL_SECONDS), least=0.9, most=1.1)
    if UnclaimedUser.objects.filter(pool=pool, reason="").exclude(username="").exists():
        # They come in when they are still there after the grace period.
        return min(usual, timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS + 1))
    return min(usual, AGAIN) if inconclusive else usual
