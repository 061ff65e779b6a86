"""Writing down what became of a chunk of users, in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from identity.cognito.errors import Throttled
from identity.models import BulkJob, BulkRow, DirectoryUser, ResourceState, RowState, SyncedResource, UserStatus
from identity.services.bulk_directory import count_rows
from identity.services.invitations import VALID_FOR
from identity.sync import failures
from identity.sync.failures import Failure
from identity.sync.families.user_spec import LiveUser, seen
from identity.sync.profiles import profiles_of
from identity.sync.subjects import keep_subjects
from identity.sync.user_batch import Applied, Overtaken
from tenants.jitter import jittered
from tenants.models import Invitation, SyncKind
from tenants.models.outbox import WAITING
from tenants.services.outbox_batch import BatchLease, postpone_many, request_many, settle_many

# Whoever was throttled, or not begun because others were: nothing has failed, and the lane tries them again. Anybody
# else who was not done is left to a reconcile of their own, which may look more closely.
AGAIN = ""
_AT_ONCE = timedelta(0)
_LEAST_PAUSE = timedelta(seconds=1)
_WAIT_FOR_ACCEPTANCE = timedelta(seconds=60)


def keep_results(
    job: BulkJob, rows: Sequence[BulkRow], lease: BatchLease, users: Sequence[DirectoryUser], applied: Sequence[Applied]
) -> timedelta | None:
    """Settle what was applied, put off what was not, and close the rows that are done with.

    Args:
        job: whose rows they are.
        rows: of the chunk.
        lease: the outbox rows that were taken on; of the others' users somebody else takes care.
        users: those of the lease that there are, as they were read after it was taken.
        applied: what came of those of whom Cognito should know.

    Returns:
        How long Cognito asks to be left alone; None where it does not.
    """
    now = {result.key: result.live for result in applied if result.live is not None}
    failed = {result.key: result.error for result in applied if result.live is None}
    # Of whoever is not in Cognito, or not here any more, nothing is owed.
    right = {key for key in lease.generations if key not in failed}
    failures_of = _classified(failed, lease)
    pause = _pause(failed.values())
    with transaction.atomic():
        right -= _leave_alone(lease, right)
        right -= _remember(users, now, right, lease)
        right -= settle_many(lease, right)
        stuck = {key: failure for key, failure in failures_of.items() if failure.state == ResourceState.BLOCKED}
        _put_off(lease, failed.keys(), failures_of, again_in=pause or _AT_ONCE)
        if job.send_invitations:
            _invite([user for user in users if user.pk in right and user.status == UserStatus.CREATED])
        _close(job, rows, right, stuck)
    return pause


def _classified(failed: Mapping[UUID, Exception | None], lease: BatchLease) -> dict[UUID, Failure]:
    return {
        key: failures.classify(error, attempts=lease.attempts[key])
        for key, error in failed.items()
        if error is not None and not isinstance(error, Overtaken | Throttled)
    }


def _leave_alone(lease: BatchLease, right: Collection[UUID]) -> set[UUID]:
    """Leave those to a reconcile of their own of whom Cognito has more than one account; returns them."""
    several = set(profiles_of(right))
    why = "Their accounts by identity providers follow."
    postpone_many(lease, several, delay=_AT_ONCE, code=WAITING, error=why)
    return several


def _remember(
    users: Sequence[DirectoryUser], now: Mapping[UUID, LiveUser], right: Collection[UUID], lease: BatchLease
) -> set[UUID]:
    """Keep what Cognito does not say, and forget who is deleted; returns whom we could not forget yet."""
    changed = [(user, seen(user, None), now[user.pk]) for user in users if user.pk in now and user.pk in right]
    ids = [user.pk for user, _before, _now in changed]
    SyncedResource.objects.filter(scope=SyncKind.USER, key__in=ids).delete()
    keep_subjects({user.pk: live.subject for user, before, live in changed if live.subject != before.subject})
    _having([user for user, before, live in changed if live.signed_out and not before.signed_out]).update(
        tokens_revoked_at=Now()
    )
    _having([user for user, before, live in changed if before.signed_out and not live.signed_out]).update(
        tokens_revoked_at=None
    )
    for user, before, live in changed:
        if live.mfa_resets > before.mfa_resets:
            _having([user]).filter(mfa_reset_done__lt=live.mfa_resets).update(
                mfa_reset_done=live.mfa_resets, has_totp=False, other_factors=[]
            )
        if live.sign_outs > before.sign_outs:
            _having([user]).filter(sign_outs_done__lt=live.sign_outs).update(sign_outs_done=live.sign_outs)
    return _forget([user for user in users if user.status == UserStatus.DELETING and user.pk in right], lease)


def _forget(gone: Sequence[DirectoryUser], lease: BatchLease) -> set[UUID]:
    """Drop rows, unless a request is accepting an invitation: it may be about to create the user in Cognito."""
    if not gone:
        return set()
    ids = [user.pk for user in gone]
    accepting = set(
        Invitation.objects.filter(user_id__in=ids, claimed_until__gt=Now()).values_list("user_id", flat=True)
    )
    _having([user for user in gone if user.pk not in accepting]).filter(status=UserStatus.DELETING).delete()
    if accepting:
        why = "Their invitation was being accepted; looks again."
        postpone_many(lease, accepting, delay=_WAIT_FOR_ACCEPTANCE, code=WAITING, error=why)
    return accepting


def _put_off(
    lease: BatchLease, keys: Iterable[UUID], failures_of: Mapping[UUID, Failure], *, again_in: timedelta
) -> None:
    """Give back what was not done, those with the same reason together."""
    groups: defaultdict[Failure | None, list[UUID]] = defaultdict(list)
    for key in keys:
        groups[failures_of.get(key)].append(key)
    for failure, group in groups.items():
        if failure is None:
            postpone_many(lease, group, delay=again_in, code=AGAIN, error="Cognito asked for fewer requests.")
        else:
            attempts = max(lease.attempts[key] for key in group)
            postpone_many(
                lease,
                group,
                delay=failures.pause(failure, attempts),
                code=failure.code,
                error=failure.message,
                remedy=failure.remedy,
            )


def _invite(users: Sequence[DirectoryUser]) -> None:
    """Owe an invitation to whoever was created; the sweep finds them, some hundreds at a time."""
    now = timezone.now()
    invited = _having(users).filter(status=UserStatus.CREATED)
    waiting = list(invited.select_for_update().values_list("pk", "email", "tenant_id"))
    _having(users).filter(pk__in=[pk for pk, _email, _tenant in waiting]).update(
        status=UserStatus.INVITED, updated_at=now
    )
    letters = [
        Invitation(tenant_id=tenant_id, user_id=pk, email=email, expires_at=now + VALID_FOR)
        for pk, email, tenant_id in waiting
    ]
    Invitation.objects.bulk_create(letters)
    if letters:
        request_many(SyncKind.INVITATION, [letter.pk for letter in letters])


def _close(job: BulkJob, rows: Sequence[BulkRow], right: Collection[UUID], stuck: Mapping[UUID, Failure]) -> None:
    """Close the rows that are done with, and count them."""
    still_open = BulkRow.objects.filter(state=RowState.WORKING)
    done = still_open.filter(pk__in=[row.pk for row in rows if row.user_id in right]).update(state=RowState.DONE)
    failed = 0
    for row in rows:
        if failure := stuck.get(row.user_id):
            words = f"{failure.message} {failure.remedy}".strip()
            failed += still_open.filter(pk=row.pk).update(state=RowState.FAILED, error=words)
    count_rows(job, done=done, failed=failed)


def _pause(failed: Iterable[Exception | None]) -> timedelta | None:
    throttled = [error for error in failed if isinstance(error, Throttled)]
    if not throttled:
        return None
    asked = max(timedelta(seconds=error.retry_after or 0) for error in throttled)
    # Two lanes that were throttled together do not come back together.
    return max(asked, jittered(_LEAST_PAUSE, least=0.5, most=1.5))


def _having(users: Sequence[DirectoryUser]) -> QuerySet[DirectoryUser]:
    return DirectoryUser.objects.filter(pk__in=[user.pk for user in users])
