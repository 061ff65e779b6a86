"""The fleet's drift: what somebody changed in Cognito past Lifeguard, and deciding about it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.selectors.drift import DRIFT_ORDER, described, find_drifted, find_kept
from identity.services.drift import adopt_live, end_adoption, restore_ours
from identity.web.drift_pages import DRIFT_COLUMNS, decided_paths, drift_lines
from identity.web.plan_pages import fleet_tabs
from identity.web.sync_forms import DriftFilterForm
from tenants.http import Request
from tenants.models import DriftMode, FleetSettings
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services.fleet_settings import set_drift_mode
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, pager, with_query

# Each is a table of its own.
_PAGE_SIZE = 20


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def drift_list(request: Request) -> HttpResponse:
    """List what drifted, with its three values; `?kept=1` what was adopted."""
    form, kept = DriftFilterForm(request.GET), "kept" in request.GET
    found = (find_kept if kept else find_drifted)(form.wanted())
    page = keyset_page(found, order=DRIFT_ORDER, cursor=request.GET.get(CURSOR, ""), size=_PAGE_SIZE)
    here = reverse("fleet:drift")
    context = {
        "tabs": fleet_tabs("fleet:drift"),
        "views": [
            {"label": _("Open"), "url": here, "current": not kept},
            {"label": _("Adopted"), "url": f"{here}?kept=1", "current": kept},
        ],
        "form": form,
        "resources": described(page.rows),
        "kept": kept,
        "mode": DriftMode(FleetSettings.current().drift_mode),
        "pager": pager(request, page),
        "clear_url": (f"{here}?kept=1" if kept else here) if form.chosen() else "",
        "export_url": f"{reverse('fleet:drift-export')}{with_query(request, cursor='', kept='')}",
        "may_decide": request.actor.allows(Permission.FLEET_SYNC_WRITE),
    }
    return render(request, "fleet/drift.html#table" if request.htmx else "fleet/drift.html", context)


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def drift_export(request: Request) -> HttpResponseBase:
    """Download the drift that the filters leave as CSV, a row for each setting."""
    lines = drift_lines(find_drifted(DriftFilterForm(request.GET).wanted()).order_by(*DRIFT_ORDER))
    return csv_response("drift.csv", DRIFT_COLUMNS, lines)


@require_POST
@fleet_view(Permission.FLEET_SYNC_WRITE)
def drift_restore(request: Request, resource_id: int) -> HttpResponse:
    """Have our values back."""
    paths, seen = decided_paths(request), request.POST.get("seen", "")
    restore_ours(resource_id, paths, seen=seen, tenant=None, actor=request.actor)
    messages.success(request, _("Saved. Applying to Cognito…"))
    return redirect("fleet:drift")


@require_POST
@fleet_view(Permission.FLEET_SYNC_WRITE)
def drift_adopt(request: Request, resource_id: int) -> HttpResponse:
    """Adopt what is live."""
    paths, seen = decided_paths(request), request.POST.get("seen", "")
    adopt_live(resource_id, paths, seen=seen, tenant=None, actor=request.actor)
    messages.success(request, _("Adopted. It counts as ours from now on."))
    return redirect("fleet:drift")


@require_POST
@fleet_view(Permission.FLEET_SYNC_WRITE)
def drift_return(request: Request, resource_id: int) -> HttpResponse:
    """Return to our own value of a setting."""
    end_adoption(resource_id, request.POST.get("path", ""), tenant=None, actor=request.actor)
    messages.success(request, _("Saved. Applying to Cognito…"))
    return redirect("fleet:drift")


@require_POST
@fleet_view(Permission.FLEET_SYNC_WRITE)
def tenant_drift_mode(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Say what happens to a tenant's drift."""
    set_drift_mode(tenant_id, request.POST.get("drift_mode", ""), actor=request.actor)
    messages.success(request, _("Saved. It is compared with Cognito once at once, then as often as the fleet is."))
    return redirect("fleet:tenant", tenant_id=tenant_id)
