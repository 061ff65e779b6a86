"""The fleet's audit log."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenants import selectors
from tenants.http import Request
from tenants.models import AuditEvent
from tenants.models.audit import FLEET_CHAIN
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services import audit
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.forms.filters import FleetAuditFilterForm
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query


@require_safe
@fleet_view(Permission.FLEET_AUDIT_READ)
def audit_log(request: Request) -> HttpResponse:
    """Show what operators did, newest first. `?verify=1` recomputes the hash chain first and says how that went."""
    form = FleetAuditFilterForm(request.GET)
    events = selectors.fleet_events(form.wanted())
    page = keyset_page(events, order=["-sequence"], cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    verified = "verify" in request.GET
    context = {
        "form": form,
        "events": page.rows,
        "pager": pager(request, page),
        "clear_url": reverse("fleet:audit") if form.chosen() else "",
        "verify_url": with_query(request, verify="1"),
        "export_url": f"{reverse('fleet:audit-export')}{with_query(request, cursor='', verify='')}",
        "verified": verified,
        "broken": audit.verify(FLEET_CHAIN) if verified else None,
    }
    template = "fleet/audit.html#table" if request.htmx else "fleet/audit.html"
    return render(request, template, context)


@require_safe
@fleet_view(Permission.FLEET_AUDIT_READ)
def audit_export(request: Request) -> HttpResponseBase:
    """Download the filtered log as CSV."""
    events = selectors.fleet_events(FleetAuditFilterForm(request.GET).wanted()).order_by("-sequence")
    head = ("sequence", "time", "actor", "action", "target", "reason", "before", "after", "request id", "ip", "hash")
    return csv_response("fleet-audit.csv", head, _lines(events.iterator(chunk_size=500)))


def _lines(events: Iterator[AuditEvent]) -> Iterator[tuple[object, ...]]:
    for event in events:
        yield (
            event.sequence,
            event.created_at.isoformat(),
            event.actor_label,
            event.action,
            event.target_label,
            event.reason,
            event.before,
            event.after,
            event.request_id,
            event.ip,
            event.hash,
        )
