"""Bulk jobs: the list, the form, and a job's page, which first says what would be done and then how far it is."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.models import BulkJob, BulkKind, BulkState
from identity.selectors import discreet
from identity.selectors.bulk import NEWEST_FIRST, find_jobs, get_job, rows_in_work, rows_not_done, rows_to_do
from identity.services.bulk import confirm_job
from identity.services.bulk_jobs import cancel_job, discard_job, phrase_for, prepare_job, resume_job
from identity.web.bulk_form import BulkForm, JobFilterForm
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.forms import show_faults
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query

_COLUMNS = ("job", "kind", "state", "users", "done", "not done", "asked by", "created", "started", "finished")
_SHOWN = 20
_REFUSED = 422


@tenant_view(Permission.USERS_READ)
def job_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The tenant's bulk jobs, the newest first."""
    form = JobFilterForm(request.GET)
    found = find_jobs(tenant, form.wanted())
    page = keyset_page(found, order=NEWEST_FIRST, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "tenant": tenant,
        "form": form,
        "jobs": page.rows,
        "pager": pager(request, page),
        "clear_url": request.path if form.chosen() else "",
        "export_url": f"{reverse('tenant:bulk-export', args=[tenant.slug])}{with_query(request, cursor='')}",
        "may_write": request.actor.allows(Permission.USERS_WRITE),
    }
    return render(request, "tenant/bulk_jobs.html#table" if request.htmx else "tenant/bulk_jobs.html", context)


@tenant_view(Permission.USERS_READ)
@require_safe
def job_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Download the jobs that the filters leave, as CSV."""
    found = find_jobs(tenant, JobFilterForm(request.GET).wanted()).order_by(*NEWEST_FIRST)
    return csv_response(f"{tenant.slug}-bulk-changes.csv", _COLUMNS, map(_line, found.iterator(chunk_size=500)))


@tenant_view(Permission.USERS_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def job_new(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Say what is to be done and to whom. Nothing is done before the next page, which shows what it would be."""
    form = BulkForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kind = BulkKind(form.cleaned_data["kind"])
        try:
            job = prepare_job(
                tenant,
                kind,
                form.people_given(),
                send_invitations=form.cleaned_data["send_invitations"],
                actor=request.actor,
            )
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            return redirect(_url("bulk-job", job, tenant))
    context = {"tenant": tenant, "form": form}
    return render(request, "tenant/bulk_new.html", context, status=_REFUSED if form.errors else 200)


@tenant_view(Permission.USERS_READ)
def job_page(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """One job: what it would do, or how far it is. While it runs, the page asks for itself again."""
    job = get_job(tenant, job_id)
    part = "#progress" if request.headers.get("HX-Target") == "job-progress" else ""
    return render(request, f"tenant/bulk_job.html{part}", _context(request, tenant, job))


@tenant_view(Permission.USERS_WRITE)
@require_POST
def job_start(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """Let it be done; for users who are to be deleted, once the phrase has been typed."""
    try:
        job = confirm_job(tenant, job_id, confirm=request.POST.get("confirm_name", ""), actor=request.actor)
    except ValidationFailed as error:
        job = get_job(tenant, job_id)
        context = {**_context(request, tenant, job), "error": error.message}
        return render(request, "tenant/bulk_job.html", context, status=error.status)
    return redirect(_url("bulk-job", job, tenant))


@tenant_view(Permission.USERS_WRITE)
@require_POST
def job_cancel(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """Stop after the users that are being worked on now."""
    cancel_job(tenant, job_id, actor=request.actor)
    messages.success(request, _("Canceled. What was begun is brought to its end."))
    return redirect("tenant:bulk-job", tenant.slug, job_id)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def job_resume(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """Go on from where it was canceled."""
    resume_job(tenant, job_id, actor=request.actor)
    return redirect("tenant:bulk-job", tenant.slug, job_id)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def job_discard(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """Forget what was prepared; nothing was done."""
    discard_job(tenant, job_id)
    messages.success(request, _("Discarded. No user was changed."))
    return redirect("tenant:bulk-jobs", tenant.slug)


@tenant_view(Permission.USERS_READ)
def job_errors(request: Request, tenant: Tenant, job_id: uuid.UUID) -> HttpResponseBase:
    """Every user that nothing was done for, with the reason, as CSV."""
    job = get_job(tenant, job_id)
    rows = ([row.line, row.email, row.name, discreet(row.error, tenant)] for row in rows_not_done(job).iterator())
    return csv_response(f"{tenant.slug}-not-done.csv", ("line", "email", "name", "reason"), rows)


def _line(job: BulkJob) -> list[object]:
    times = (job.created_at, job.started_at, job.finished_at)
    return [
        job.pk,
        job.kind,
        job.state,
        job.total,
        job.done,
        job.failed,
        job.asked_by,
        *(time.isoformat() if time else "" for time in times),
    ]


def _context(request: Request, tenant: Tenant, job: BulkJob) -> dict[str, object]:
    is_draft = job.state == BulkState.DRAFT
    left = job.time_left
    return {
        "tenant": tenant,
        "job": job,
        "is_draft": is_draft,
        "to_do": job.total - job.settled,
        "in_work": rows_in_work(job).count() if job.is_under_way else 0,
        "sample": rows_to_do(job)[:5] if is_draft else (),
        "not_done": [
            {"line": row.line, "email": row.email, "error": discreet(row.error, tenant)}
            for row in rows_not_done(job)[:_SHOWN]
        ],
        "more_not_done": max(0, job.failed - _SHOWN),
        "phrase": phrase_for(job) if is_draft and job.kind == BulkKind.DELETE else "",
        "costs_a_month": job.kind in {BulkKind.CREATE, BulkKind.UPDATE},
        "minutes_left": int(left.total_seconds() // 60) if left is not None else None,
        "seconds_left": int(left.total_seconds() % 60) if left is not None else None,
        "may_write": request.actor.allows(Permission.USERS_WRITE),
        "page_url": _url("bulk-job", job, tenant),
    }


def _url(name: str, job: BulkJob, tenant: Tenant) -> str:
    return reverse(f"tenant:{name}", args=[tenant.slug, job.pk])
