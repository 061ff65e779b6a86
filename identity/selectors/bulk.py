"""Reads of bulk jobs."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from identity.models import BulkJob, BulkRow, RowState
from tenants.errors import NotFound
from tenants.models import Tenant

NEWEST_FIRST = ("-created_at", "-pk")


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the name of whoever asked for it.
        kind: a `BulkKind`.
        state: a `BulkState`.
    """

    q: str = ""
    kind: str = ""
    state: str = ""


def get_job(tenant: Tenant, job_id: uuid.UUID) -> BulkJob:
    """Return one job.

    Raises:
        NotFound: no such job in this tenant.
    """
    job = BulkJob.objects.filter(tenant=tenant, pk=job_id).first()
    if job is None:
        raise NotFound
    return job


def find_jobs(tenant: Tenant, wanted: JobFilter | None = None) -> QuerySet[BulkJob]:
    """Return a tenant's jobs, or those that a filter leaves; sort them by `NEWEST_FIRST`."""
    jobs = BulkJob.objects.filter(tenant=tenant)
    if wanted is None:
        return jobs
    if wanted.q:
        jobs = jobs.filter(actor__label__icontains=wanted.q)
    if wanted.kind:
        jobs = jobs.filter(kind=wanted.kind)
    return jobs.filter(state=wanted.state) if wanted.state else jobs


def rows_not_done(job: BulkJob) -> QuerySet[BulkRow]:
    """Return the users that the job could not, or will not, do anything for, by line."""
    return BulkRow.objects.filter(job=job, state=RowState.FAILED).order_by("line", "pk")


def rows_to_do(job: BulkJob) -> QuerySet[BulkRow]:
    """Return the users that nothing was done for yet, by line."""
    return BulkRow.objects.filter(job=job, state=RowState.WAITING).order_by("line", "pk")


def rows_in_work(job: BulkJob) -> QuerySet[BulkRow]:
    """Return the users whom the directory has changed already, and Cognito not yet."""
    return BulkRow.objects.filter(job=job, state=RowState.WORKING)
