"""Looking one user up, because an event said that something happened to them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import DirectoryUser, UnclaimedUser
from identity.pull.absence import look_for
from identity.pull.partition import partition_of
from identity.pull.rows import known_of
from identity.pull.taking import take
from identity.sync.attempt import Attempt
from identity.sync.errors import NotYet


def pull_user(attempt: Attempt) -> None:
    """Look up whom the key names: a user of the directory, or somebody in a pool who is not in it.

    Raises:
        NotYet: they are new, and looked at again after the grace period.
    """
    row = DirectoryUser.objects.select_related("tenant__pool__cell").filter(pk=attempt.key).first()
    if row is not None:
        _look_at_known(attempt, row)
        return
    stranger = UnclaimedUser.objects.select_related("pool__cell").filter(pk=attempt.key).first()
    if stranger is not None:
        _look_at_stranger(attempt, stranger)


def _look_at_known(attempt: Attempt, row: DirectoryUser) -> None:
    pool = row.tenant.pool
    if not known_of(row, row.tenant).expected or not pool.is_provisioned:
        return
    found = users.find_user(pool_ref(pool), row.username, priority=Priority.BULK)
    if found is None:
        found = look_for(attempt, pool, row.pk)
    if found is not None:
        with transaction.atomic():
            attempt.before_write()
            take(pool, partition_of(pool), [found])


def _look_at_stranger(attempt: Attempt, stranger: UnclaimedUser) -> None:
    pool = stranger.pool
    found = users.find_subject(pool_ref(pool), stranger.sub, priority=Priority.BULK)
    with transaction.atomic():
        attempt.before_write()
        if found is not None:
            strangers = take(pool, partition_of(pool), [found]).strangers
            if not strangers.unclaimed:
                # They are in the directory now, by this look or by another.
                UnclaimedUser.objects.filter(pk=stranger.pk).delete()
            waits = bool(strangers.waiting)
        else:
            waits = not _is_old(stranger)
            if not waits:
                UnclaimedUser.objects.filter(pk=stranger.pk).delete()
    if waits:
        raise NotYet("Comes in when still there after the grace period.", delay=_grace())


def _is_old(stranger: UnclaimedUser) -> bool:
    """Say whether a listing would have shown them by now, if they were there."""
    return UnclaimedUser.objects.filter(pk=stranger.pk, first_seen_at__lt=Now() - _grace()).exists()


def _grace() -> timedelta:
    return timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS)
