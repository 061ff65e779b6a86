"""Bulk jobs in tests: preparing them, and doing a worker's work in this process."""

from collections.abc import Iterable

from django.db.models import F

from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import BulkJob, BulkKind, BulkRow, BulkState
from identity.services.bulk_input import Person
from identity.services.bulk_jobs import phrase_for, prepare_job, start_job
from identity.sync import engine
from tenants.actor import Actor, system
from tenants.models import OutboxEntry, SyncKind, Tenant
from tests.support.sync import make_due

SYSTEM = system("test")


def people(count: int, domain: str = "bulk.example") -> list[Person]:
    """Return some people who are not users yet."""
    return [Person(line, f"person-{line}@{domain}", f"Person {line}") for line in range(2, count + 2)]


def started(
    tenant: Tenant, kind: BulkKind, who: Iterable[Person], *, send_invitations: bool = False, actor: Actor = SYSTEM
) -> BulkJob:
    """Prepare a job and start it."""
    job = prepare_job(tenant, kind, who, send_invitations=send_invitations, actor=actor)
    return start_job(tenant, job.pk, confirm=phrase_for(job), actor=actor)


def chunk(job: BulkJob) -> None:
    """Do one chunk of each lane, in this process."""
    for lane in job.lanes.order_by("number"):
        engine.run(SyncKind.BULK, lane.pk)


def sweep_users() -> None:
    """Do what the sweep finds: a reconcile of each user to whom something is owed."""
    make_due()
    for entry in OutboxEntry.objects.filter(kind=SyncKind.USER, done_gen__lt=F("wanted_gen")):
        engine.run(SyncKind.USER, entry.key)


def carried_out(job: BulkJob, *, chunks: int = 20) -> BulkJob:
    """Do what workers do until the job is done; times between attempts go by at once."""
    for _attempt in range(chunks):
        make_due()
        chunk(job)
        sweep_users()
        job.refresh_from_db()
        if job.state == BulkState.DONE:
            return job
    raise AssertionError([(row.email, row.state, row.error) for row in BulkRow.objects.filter(job=job)][:10])


def usernames_in(tenant: Tenant) -> set[str]:
    """Return the usernames of a tenant's partition, as a listing shows them."""
    listed = users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}.", priority=Priority.CONFIGURATION)
    return {user.username for user in listed}
