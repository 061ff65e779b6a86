"""Suspending, deleting and bringing back a tenant."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.services import tenant_lifecycle
from tenants import selectors
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import FleetSettings, Tenant, TenantStatus
from tenants.permissions import Permission
from tenants.web.access import fleet_view


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_LIFECYCLE)
def tenant_suspend(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Suspend a tenant, after asking."""
    tenant = selectors.get_tenant(tenant_id)
    if request.method != "POST":
        return render(request, "fleet/tenants/suspend.html", {"tenant": tenant})
    tenant_lifecycle.suspend_tenant(tenant_id, actor=request.actor)
    messages.success(request, _("%(tenant)s is suspended. Applying to Cognito…") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)


@require_POST
@fleet_view(Permission.FLEET_LIFECYCLE)
def tenant_resume(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Let a suspended tenant's users in again."""
    tenant = tenant_lifecycle.resume_tenant(tenant_id, actor=request.actor)
    messages.success(request, _("%(tenant)s is active again. Applying to Cognito…") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)


@require_POST
@fleet_view(Permission.FLEET_LIFECYCLE)
def tenant_restore(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted tenant back."""
    tenant = tenant_lifecycle.restore_tenant(tenant_id, actor=request.actor)
    messages.success(request, _("%(tenant)s is back. Applying to Cognito…") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_LIFECYCLE)
def tenant_delete(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Delete a tenant, or remove a deleted one for good, once its slug has been typed."""
    tenant = selectors.get_tenant(tenant_id)
    for_good = tenant.status == TenantStatus.DELETED
    context = {"tenant": tenant, "for_good": for_good, "days": FleetSettings.current().retention_days}
    if request.method != "POST":
        return render(request, "fleet/tenants/delete.html", context)
    act = tenant_lifecycle.remove_tenant_now if for_good else tenant_lifecycle.delete_tenant
    try:
        act(tenant_id, confirm_slug=request.POST.get("confirm_name", ""), actor=request.actor)
    except ValidationFailed as error:
        return render(request, "fleet/tenants/delete.html", {**context, "error": error.message}, status=error.status)
    if for_good:
        messages.success(request, _("%(tenant)s is being removed for good.") % {"tenant": tenant.name})
        return redirect("fleet:tenants")
    messages.success(request, _("%(tenant)s is deleted. It can still be brought back.") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)


def life_of(request: Request, tenant: Tenant) -> dict[str, object]:
    """Return what the page of a tenant says of its life, and what may be done about it."""
    leaving = tenant.is_due_for_removal()
    return {
        "may_enter": request.actor.allows(Permission.FLEET_SUPPORT) and not leaving,
        "may_write": request.actor.allows(Permission.FLEET_ONBOARD) and not leaving,
        "may_end": request.actor.allows(Permission.FLEET_LIFECYCLE),
        "is_suspended": tenant.status == TenantStatus.SUSPENDED,
        "is_deleted": tenant.status == TenantStatus.DELETED,
        "is_being_removed": leaving,
    }
