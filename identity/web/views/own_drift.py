"""A tenant's drift: what somebody changed in Cognito past Lifeguard, and deciding about it."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.selectors import discreet
from identity.selectors.drift import DRIFT_ORDER, described, find_own_drifted, find_own_kept, unmanaged_in
from identity.services.drift import adopt_live, end_adoption, restore_ours
from identity.web.drift_pages import DRIFT_COLUMNS, decided_paths, drift_lines
from identity.web.plan_pages import own_tabs
from identity.web.sync_forms import DriftModeForm
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services.fleet_settings import set_drift_mode
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, pager

# Each is a table of its own.
_PAGE_SIZE = 20


@require_safe
@tenant_view(Permission.SYNC_READ)
def drift_page(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show each setting that drifted with its three values, what was adopted, and what is not ours at all."""
    cursor = request.GET.get(CURSOR, "")
    page = keyset_page(find_own_drifted(tenant), order=DRIFT_ORDER, cursor=cursor, size=_PAGE_SIZE)
    drifted = described(page.rows, lambda text: discreet(text, tenant))
    kept = list(find_own_kept(tenant).order_by(*DRIFT_ORDER))
    context = {
        "tenant": tenant,
        "tabs": own_tabs(tenant, "tenant:drift"),
        "drifted": drifted,
        # Decisions are carried out by a worker, whose work shows here without a reload.
        "moving": any(setting.decided for resource in drifted for setting in resource.settings),
        "here": request.get_full_path(),
        "kept": described(kept, lambda text: discreet(text, tenant)),
        "unmanaged": [] if tenant.pool.is_shared else unmanaged_in(tenant.pool),
        "pager": pager(request, page),
        "form": DriftModeForm(tenant),
        "export_url": reverse("tenant:drift-export", args=[tenant.slug]),
        "may_decide": request.actor.allows(Permission.SYNC_WRITE),
    }
    return render(request, "tenant/drift.html#drift" if request.htmx else "tenant/drift.html", context)


@require_safe
@tenant_view(Permission.SYNC_READ)
def drift_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Download the drift as CSV, a row for each setting."""
    found = find_own_drifted(tenant).order_by(*DRIFT_ORDER)
    lines = drift_lines(found, lambda text: discreet(text, tenant))
    return csv_response(f"{tenant.slug}-drift.csv", DRIFT_COLUMNS, lines)


@require_POST
@tenant_view(Permission.SYNC_WRITE)
def drift_restore(request: Request, tenant: Tenant, resource_id: int) -> HttpResponseBase:
    """Have our values back."""
    paths, seen = decided_paths(request), request.POST.get("seen", "")
    restore_ours(resource_id, paths, seen=seen, tenant=tenant, actor=request.actor)
    messages.success(request, _("Saved. Applying to Cognito…"))
    return redirect("tenant:drift", slug=tenant.slug)


@require_POST
@tenant_view(Permission.SYNC_WRITE)
def drift_adopt(request: Request, tenant: Tenant, resource_id: int) -> HttpResponseBase:
    """Adopt what is live."""
    paths, seen = decided_paths(request), request.POST.get("seen", "")
    adopt_live(resource_id, paths, seen=seen, tenant=tenant, actor=request.actor)
    messages.success(request, _("Adopted. It counts as ours from now on."))
    return redirect("tenant:drift", slug=tenant.slug)


@require_POST
@tenant_view(Permission.SYNC_WRITE)
def drift_return(request: Request, tenant: Tenant, resource_id: int) -> HttpResponseBase:
    """Return to our own value of a setting."""
    end_adoption(resource_id, request.POST.get("path", ""), tenant=tenant, actor=request.actor)
    messages.success(request, _("Saved. Applying to Cognito…"))
    return redirect("tenant:drift", slug=tenant.slug)


@require_POST
@tenant_view(Permission.SYNC_WRITE)
def drift_mode(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Say what happens to drift."""
    set_drift_mode(tenant.pk, request.POST.get("drift_mode", ""), actor=request.actor)
    messages.success(request, _("Saved. It is compared with Cognito once at once, then as often as the fleet is."))
    return redirect("tenant:drift", slug=tenant.slug)
