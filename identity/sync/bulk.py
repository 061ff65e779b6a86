"""A worker's part of a bulk job: one chunk of one lane at a time (the handler of the outbox kind BULK).

A chunk changes the directory for some waiting users, takes their outbox rows on, brings Cognito to what the rows say
and settles them, as a reconcile of each user would. Whatever is left behind, because the worker died or Cognito did not
take it, is owed by the users' own outbox rows: this lane finds it when it comes by again, or a user's reconcile does.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from identity.cells import pool_ref
from identity.cognito.users import CognitoUser
from identity.models import OPEN_ROWS, BulkJob, BulkKind, BulkLane, BulkRow, BulkState, DirectoryUser, RowState
from identity.services.bulk_directory import begin, change_directory, count_rows, waiting_rows
from identity.services.bulk_standing import MayNoLonger, pause_job
from identity.sync import user_batch
from identity.sync.attempt import Attempt
from identity.sync.bulk_results import AGAIN, keep_results
from identity.sync.errors import NotYet
from identity.sync.families.user_spec import desired, seen
from identity.sync.user_batch import Permit, Work
from tenants.models import OutboxEntry, SyncKind
from tenants.services import outbox_batch
from tenants.services.outbox_batch import BatchLease

# Enough that what a chunk costs once is small for each user, and few enough that canceling is felt within seconds.
CHUNK = 100
_WAIT_FOR_POOL = timedelta(seconds=15)
_WAIT_FOR_OTHERS = timedelta(seconds=2)
# Much shorter than the shortest lease that the settings allow (8 seconds).
_RENEW_EVERY = 2.0


def reconcile_lane(attempt: Attempt) -> None:
    """Do one chunk, and ask for the next one.

    Raises:
        NotYet: the pool is not there, Cognito throttles, or what is left is in other hands.
    """
    lane = BulkLane.objects.select_related("job__tenant__pool__cell").filter(pk=attempt.key).first()
    if lane is None:
        return
    job = lane.job
    if job.tenant.is_due_for_removal():
        # Its users go with it.
        return
    if not job.tenant.pool.is_provisioned:
        raise NotYet("Waits for the user pool.", delay=_WAIT_FOR_POOL)
    token = uuid.uuid4()
    left = _left_behind(job, lane.number)
    begun = _begin_rows(job, lane.number, token) if job.is_under_way else []
    mine = [*left, *begun]
    pause = _work_off(attempt, job, mine, fresh={row.user_id for row in begun}, token=token) if mine else None
    _collect(job, lane.number)
    if pause is not None:
        raise NotYet("Cognito asks for fewer requests.", delay=pause)
    _go_on(attempt, job, lane.number)


def _left_behind(job: BulkJob, lane: int) -> list[BulkRow]:
    """Return the users whom an earlier chunk began with, and whose time has come to be tried by a lane again."""
    due = OutboxEntry.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        kind=SyncKind.USER,
        key=OuterRef("user_id"),
        done_gen__lt=F("wanted_gen"),
        next_attempt_at__lte=Now(),
        last_error_code=AGAIN,
    )
    return list(_of(job, lane).filter(Exists(due), state=RowState.WORKING).order_by("user_id")[:CHUNK])


def _begin_rows(job: BulkJob, lane: int, token: uuid.UUID) -> list[BulkRow]:
    """Change the directory for the next users, as far as no more than a chunk is in work: Cognito may be slower."""
    begin(job)
    room = CHUNK - _of(job, lane).filter(state=RowState.WORKING).count()
    try:
        with transaction.atomic():
            rows = waiting_rows(job, lane, room) if room > 0 else []
            return change_directory(job, rows, token=token) if rows else []
    except MayNoLonger as error:
        pause_job(job, error.message)
        return []


def _work_off(
    attempt: Attempt, job: BulkJob, rows: Sequence[BulkRow], *, fresh: set[uuid.UUID], token: uuid.UUID
) -> timedelta | None:
    """Bring the users of some rows to what the directory says; returns how long to pause where Cognito throttles."""
    permit = Permit(settings.SYNC_LEASE_SECONDS)
    lease = outbox_batch.take_many(SyncKind.USER, [row.user_id for row in rows], token=token)
    try:
        users = list(DirectoryUser.objects.filter(pk__in=lease.generations, tenant=job.tenant_id))
        for user in users:
            user.tenant = job.tenant
        works = _works(job, users, fresh if job.kind == BulkKind.CREATE else set())
        renewal = _Renewal(attempt, lease, permit)
        renewal.renew()
        applied = user_batch.apply_all(
            pool_ref(job.tenant.pool), works, permit, every=_RENEW_EVERY, renew=renewal.renew
        )
        renewal.renew()
        return keep_results(job, rows, lease, users, applied)
    except BaseException:
        # Nobody has to wait for these leases to end by themselves.
        outbox_batch.release_many(lease)
        raise


class _Renewal:
    """Holds the lane and its users for another term, and lets the threads know."""

    def __init__(self, attempt: Attempt, lease: BatchLease, permit: Permit) -> None:
        self._attempt, self._lease, self._permit = attempt, lease, permit

    def renew(self) -> None:
        """Do it now.

        Raises:
            LeaseLost: another worker has the lane.
        """
        asked_at = time.monotonic()
        self._attempt.before_write()
        outbox_batch.renew_many(self._lease)
        self._permit.renewed(asked_at)


def _works(job: BulkJob, users: Sequence[DirectoryUser], fresh: set[uuid.UUID]) -> list[Work]:
    """What should be and what is, for those of whom Cognito should know. Whoever is new is not looked for."""
    asked = [user for user in users if user.is_in_cognito]
    known = [user.pk for user in asked if user.pk not in fresh]
    listed: Mapping[str, CognitoUser] = {}
    if known:
        size = DirectoryUser.objects.filter(tenant=job.tenant_id).count()
        listed = user_batch.look_up(pool_ref(job.tenant.pool), job.tenant.key, known, size)
    works = []
    for user in asked:
        spec, live = desired(user), seen(user, listed.get(user.username.lower()))
        if live.cognito is None and user.cognito_sub and user.pk not in fresh:
            live = user_batch.unlisted(spec, live)
        works.append(Work(user.pk, spec, live))
    return works


def _collect(job: BulkJob, lane: int) -> None:
    """Close the rows whose users another worker has settled meanwhile, or found that a person has to help."""
    entries = OutboxEntry.objects.filter(kind=SyncKind.USER, key=OuterRef("user_id"))
    working = _of(job, lane).filter(state=RowState.WORKING)
    with transaction.atomic():
        settled = list(
            working.filter(Exists(entries.filter(done_gen=F("wanted_gen"))))
            .select_for_update()
            .values_list("pk", flat=True)
        )
        done = BulkRow.objects.filter(pk__in=settled).update(state=RowState.DONE)
        stuck = list(working.filter(Exists(entries.exclude(remedy=""))).select_for_update())
        reasons = OutboxEntry.objects.filter(kind=SyncKind.USER, key__in=[row.user_id for row in stuck])
        words = {entry.key: f"{entry.last_error} {entry.remedy}".strip() for entry in reasons}
        for row in stuck:
            row.state, row.error = RowState.FAILED, words.get(row.user_id, "")
        BulkRow.objects.bulk_update(stuck, ["state", "error"])
        count_rows(job, done=done, failed=len(stuck))


def _go_on(attempt: Attempt, job: BulkJob, lane: int) -> None:
    """Ask for the next chunk, or wait for what others do, or say that the job is done."""
    waiting = _of(job, lane).filter(state=RowState.WAITING).exists()
    working = _of(job, lane).filter(state=RowState.WORKING).count()
    going = BulkJob.objects.filter(pk=job.pk, state__in=(BulkState.QUEUED, BulkState.RUNNING)).exists()
    if waiting and working < CHUNK and going:
        with transaction.atomic():
            outbox_batch.request_many(SyncKind.BULK, [attempt.key])
        return
    if working:
        raise NotYet("Waits for the last of its users.", delay=_WAIT_FOR_OTHERS)
    still_open = BulkRow.objects.filter(job=OuterRef("pk"), state__in=OPEN_ROWS)
    # After the commit that closed this lane's last row: of two lanes that end together, the later one sees both.
    finished = BulkJob.objects.filter(~Exists(still_open), pk=job.pk, state=BulkState.RUNNING)
    finished.update(state=BulkState.DONE, finished_at=timezone.now())


def _of(job: BulkJob, lane: int) -> QuerySet[BulkRow]:
    return BulkRow.objects.filter(job=job, lane=lane)
