"""Bulk jobs by a real worker: killed in the middle of a chunk, with an emptied Redis, beside a person's own change."""

import uuid

import pytest
from django.conf import settings
from redis import Redis

from identity.models import BulkJob, BulkKind, BulkRow, BulkState, DirectoryUser, RowState, UserStatus
from identity.services.bulk_jobs import cancel_job
from identity.sync.user_batch import Overtaken, Permit, prefixes
from tenants.models import OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import outbox
from tests.support.bulk import SYSTEM, people, started, usernames_in
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess
from tests.support.sync import Onboard, nothing_is_owed
from tests.support.waiting import eventually


@pytest.fixture
def tenant(onboard: Onboard, crashing_worker: LiveProcess) -> Tenant:
    """A tenant in a shared pool, brought into sync by the worker."""
    tenant = onboard(PoolKind.SHARED)
    eventually(nothing_is_owed)
    return Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)


def is_done(job: BulkJob) -> bool:
    """Say whether the job has come to its end."""
    return BulkJob.objects.filter(pk=job.pk, state=BulkState.DONE).exists()


def assert_all_there_once(job: BulkJob, tenant: Tenant, cognito: LocalCognito) -> None:
    """Each user is in the directory and in Cognito, and was made by exactly one call."""
    job.refresh_from_db()
    assert (job.done, job.failed) == (job.total, 0)
    assert not BulkRow.objects.filter(job=job).exclude(state=RowState.DONE).exists()
    users = DirectoryUser.objects.filter(tenant=tenant).select_related("tenant")
    assert usernames_in(tenant) == {user.username for user in users}
    assert len(users) == job.total == cognito.applied("AdminCreateUser")
    assert all(user.cognito_sub and user.status == UserStatus.CREATED for user in users)


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
def test_a_worker_killed_in_the_middle_of_a_chunk(
    cognito: LocalCognito, tenant: Tenant, crashing_worker: LiveProcess, moment: str
) -> None:
    """Some users of the chunk are there, some are not, of one nobody knows; the leases run off by themselves."""
    cognito.forget_calls()
    job = started(tenant, BulkKind.CREATE, people(110))
    eventually(lambda: cognito.applied("AdminCreateUser") >= 10)
    cognito.fault("AdminCreateUser", moment)
    eventually(cognito.is_holding)
    crashing_worker.kill()
    eventually(lambda: not cognito.is_holding())
    assert BulkRow.objects.filter(job=job, state=RowState.WORKING).exists()

    crashing_worker.start()
    eventually(lambda: is_done(job), timeout=90)
    assert_all_there_once(job, tenant, cognito)
    eventually(nothing_is_owed)


def test_an_emptied_redis_and_messages_too_many(cognito: LocalCognito, tenant: Tenant) -> None:
    """A message is a wake-up: lost ones are found by the sweep, and those too many find nothing to do."""
    cognito.forget_calls()
    job = started(tenant, BulkKind.CREATE, people(60))
    Redis.from_url(settings.REDIS_URL).flushall()
    for lane in job.lanes.all():
        for _ in range(5):
            outbox.wake(SyncKind.BULK, lane.pk)
    eventually(lambda: is_done(job), timeout=60)
    assert_all_there_once(job, tenant, cognito)


def test_a_canceled_job_ends_clean(cognito: LocalCognito, tenant: Tenant) -> None:
    """Nobody is left half made, and nothing stays owed."""
    job = started(tenant, BulkKind.CREATE, people(700))
    eventually(lambda: DirectoryUser.objects.filter(tenant=tenant).count() >= 100)
    cancel_job(tenant, job.pk, actor=SYSTEM)
    eventually(nothing_is_owed)
    job.refresh_from_db()
    assert job.state == BulkState.CANCELED
    assert job.done == DirectoryUser.objects.filter(tenant=tenant).count() == len(usernames_in(tenant)) < 700
    assert not BulkRow.objects.filter(job=job, state=RowState.WORKING).exists()
    assert not OutboxEntry.objects.filter(kind=SyncKind.USER, lease_token__isnull=False).exists()


def test_a_permit_ends_with_the_lease() -> None:
    """Whoever slept through it begins nothing more."""
    permit = Permit(seconds=0)
    with pytest.raises(Overtaken):
        permit.before_write()
    lasting = Permit(seconds=3600)
    lasting.before_write()
    lasting.stop()
    assert lasting.is_stopped


def test_listings_are_as_few_as_pages_are_full() -> None:
    """A small partition is one listing; of a large one, each listing is about a page of neighbours."""
    ids = sorted(uuid.uuid4() for _ in range(100))
    assert prefixes(ids, 60) == [""]
    assert len(prefixes(ids, 900)) <= 16
    assert all(len(prefix) == 4 for prefix in prefixes(ids, 1_000_000))
    assert len(prefixes(ids[:1], 10**9)) == 1
