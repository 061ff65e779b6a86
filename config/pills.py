"""What the sync pill asks again. Here and not in an app, because the pill is the frame's."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.place import fleet_pill, tenant_pill
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import fleet_view, tenant_view


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def fleet_sync_pill(request: Request) -> HttpResponse:
    """Answer with the fleet's pill."""
    return render(request, "components/sync_pill.html", {"pill": fleet_pill()})


@require_safe
@tenant_view(Permission.SYNC_READ)
def tenant_sync_pill(request: Request, tenant: Tenant) -> HttpResponse:
    """Answer with a tenant's pill."""
    return render(request, "components/sync_pill.html", {"pill": tenant_pill(tenant)})
