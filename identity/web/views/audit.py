"""The tenant's audit log."""

import json

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from identity.selectors import audit_events
from identity.web.forms import AuditFilterForm
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query

_COLUMNS = (
    "sequence", "time", "actor_kind", "actor", "action", "target_type", "target", "before", "after", "reason", "ip",
    "request_id",
)  # fmt: skip


@tenant_view(Permission.AUDIT_READ)
def audit_log(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Every change in the tenant, newest first, with what it was before and after."""
    form = AuditFilterForm(request.GET)
    events = audit_events(tenant, form.wanted())
    page = keyset_page(events, order=("-sequence",), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    filtered = any(request.GET.get(name) for name in form.fields)
    context = {
        "tenant": tenant,
        "filters": form,
        "clear_url": request.path if filtered else "",
        "events": page.rows,
        "pager": pager(request, page),
        "export_url": reverse("tenant:audit-export", args=[tenant.slug]) + with_query(request, cursor=""),
    }
    wants_results = request.headers.get("HX-Target") == "audit-results"
    return render(request, "tenant/audit.html#results" if wants_results else "tenant/audit.html", context)


@tenant_view(Permission.AUDIT_READ)
def audit_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The events that the filters leave, as CSV, newest first."""
    events = audit_events(tenant, AuditFilterForm(request.GET).wanted()).order_by("-sequence")
    rows = (
        (
            event.sequence,
            event.created_at.isoformat(),
            event.actor_kind,
            event.actor_label,
            event.action,
            event.target_type,
            event.target_label,
            json.dumps(event.before, ensure_ascii=False) if event.before else "",
            json.dumps(event.after, ensure_ascii=False) if event.after else "",
            event.reason,
            event.ip,
            event.request_id,
        )
        for event in events.iterator(chunk_size=500)
    )
    return csv_response(f"{tenant.slug}-audit.csv", _COLUMNS, rows)
