"""Going into a tenant as an operator, and leaving it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants import selectors
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.permissions import Permission
from tenants.services.support import VISIT, end_support_session, start_support_session
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.support import SupportForm


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_SUPPORT)
def support_enter(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then go into the tenant."""
    tenant = selectors.get_tenant(tenant_id)
    form = SupportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            start_support_session(tenant_id, reason=form.cleaned_data["reason"], actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            return redirect("tenant:overview", slug=tenant.slug)
    context = {"form": form, "tenant": tenant, "minutes": int(VISIT.total_seconds() // 60)}
    return render(request, "fleet/support_enter.html", context, status=422 if form.errors else 200)


@require_POST
@fleet_view(Permission.FLEET_SUPPORT)
def support_leave(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """End the visit, and go back to the fleet."""
    tenant = end_support_session(tenant_id, actor=request.actor)
    messages.success(request, _("You have left %(tenant)s.") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)
