"""Users whom a complete listing did not show: really gone, or only not shown.

A listing is never proof. ListUsers is eventually consistent, its order is nobody's promise, and a page may be cut
short on the way. So whoever was on no page is looked up alone, and only whom AdminGetUser does not know either is
missing. When many vanish at once, that is more likely our mistake, or somebody's, than what anybody wanted: nobody is
changed then until an operator says that it is so.
"""

import uuid
from datetime import timedelta
from typing import NoReturn

from django.db import transaction
from django.db.models import F, Func, Q, QuerySet, UUIDField
from django.db.models.functions import Now

from identity.cells import pool_ref
from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, PullPage, PullState, UserStatus
from identity.pull.rows import locked, under_way
from identity.pull.settling import pull_actor
from identity.services.groups import request_groups_of
from identity.services.user_sessions import end_user_sessions
from identity.sync.attempt import Attempt
from identity.sync.errors import Blocked, NotYet
from tenants.audit_actions import Action
from tenants.models import SyncKind, TenantStatus, UserPool
from tenants.services import audit
from tenants.services.outbox import request_sync

_LEFT_OUT = "The listing left out users who are there, so that it says nothing of others."
# So many who are gone are believed whatever the size of the pool, and beyond that this share of it.
FEW = 10
SHARE = 0.05
# How many are looked up before many are believed to be gone; so many who are there after all end the search, too.
SAMPLE = 5
# How many are looked up in one turn, before the worker lets others have theirs.
TURN = 100


def find_gone(attempt: Attempt, pool: UserPool, state: PullState) -> str:
    """Mark those as missing who were on no page of the sweep and are really gone.

    Returns:
        Why nothing was concluded, as a sentence; empty where everything was.

    Raises:
        Blocked: too many are gone to believe it; an operator has to say so.
        NotYet: there are more to look at than one turn takes.
    """
    absent = sorted(_not_shown(pool, state))
    if not absent:
        return ""
    if state.vanished_confirmed_at is None and len(absent) > believable(_expected(pool, state).count()):
        for user_id in absent[:SAMPLE]:
            attempt.before_write()
            if _look_up(pool, _row(user_id).username) is not None:
                return _LEFT_OUT
        _refuse(state, len(absent))
    left = [user_id for user_id in absent if str(user_id) > state.cursor]
    shown_late = 0
    for user_id in left[:TURN]:
        shown_late += look_for(attempt, pool, user_id) is not None
        if shown_late == SAMPLE:
            return _LEFT_OUT
    if len(left) > TURN:
        PullState.objects.filter(pk=state.pk).update(cursor=str(left[TURN - 1]))
        raise NotYet(f"Looks for {len(left) - TURN} more users who were not listed.", delay=timedelta(0))
    return _LEFT_OUT if shown_late else ""


def _refuse(state: PullState, number: int) -> NoReturn:
    PullState.objects.filter(pk=state.pk).update(vanished=number)
    raise Blocked(
        "ManyVanished",
        f"{number} users of the pool are no longer in Cognito. That is too many to be taken for granted: "
        "nobody was changed.",
        remedy="Find out who deleted them. If that was on purpose, say so on the cell's page.",
    )


def believable(expected: int) -> int:
    """Return how many users may be gone at once without anybody's being asked."""
    return max(FEW, int(expected * SHARE))


def look_for(attempt: Attempt, pool: UserPool, user_id: uuid.UUID) -> CognitoUser | None:
    """Look one user up, and mark them as missing where Cognito does not know them."""
    row = _row(user_id)
    found = _look_up(pool, row.username)
    if found is None:
        with transaction.atomic():
            attempt.before_write()
            _mark_missing(row)
    return found


def _expected(pool: UserPool, state: PullState) -> QuerySet[DirectoryUser]:
    """Those whom a listing that began then should have shown."""
    rows = DirectoryUser.objects.filter(tenant__pool=pool, missing_since__isnull=True).exclude(cognito_sub="")
    # Those of a deleted tenant may be on their way out.
    leaving = Q(status=UserStatus.DELETING) | Q(tenant__status=TenantStatus.DELETED)
    return rows.exclude(leaving).filter(created_at__lt=state.started_at)


def _not_shown(pool: UserPool, state: PullState) -> "QuerySet[DirectoryUser, uuid.UUID]":
    unnested = Func(F("user_ids"), function="unnest", output_field=UUIDField())
    shown = PullPage.objects.filter(pool=pool, sweep=state.listing).annotate(user_id=unnested)
    return (
        _expected(pool, state)
        .order_by()
        .values_list("pk", flat=True)
        .difference(shown.values_list("user_id", flat=True))
    )


def _row(user_id: uuid.UUID) -> DirectoryUser:
    return DirectoryUser.objects.select_related("tenant").get(pk=user_id)


def _look_up(pool: UserPool, username: str) -> CognitoUser | None:
    """Ask the listing first, which bills nobody; AdminGetUser bills whoever it finds for the month."""
    ref = pool_ref(pool)
    found = users.find_user(ref, username, priority=Priority.BULK)
    if found is not None:
        return found
    try:
        return users.get_user(ref, username, priority=Priority.BULK)
    except errors.UserNotFound:
        return None


def _mark_missing(row: DirectoryUser) -> None:
    """Mark a user as missing, unless something of ours is on its way for them or they changed meanwhile."""
    moving = under_way([row.pk])
    for current in locked([row.pk]):
        unchanged = (current.status, current.cognito_sub) == (row.status, row.cognito_sub)
        if not unchanged or current.missing_since is not None or current.pk in moving:
            return
        end_user_sessions(current)
        DirectoryUser.objects.filter(pk=current.pk).update(missing_since=Now())
        audit.record(Action.USER_MISSING, actor=pull_actor(), tenant=current.tenant, target=current)
        request_groups_of(current)
        if current.awaits_password:
            # There is no password to lose, so that the worker can make them again.
            request_sync(SyncKind.USER, current.pk)
