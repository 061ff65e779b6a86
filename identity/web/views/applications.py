"""The applications that the tenant's users may sign in to."""

from django.http import HttpResponseBase
from django.shortcuts import render

from tenants.http import Request
from tenants.models import Tenant, TenantApplication
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.APPLICATIONS_READ)
def application_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The applications; the operator registers them and says which tenants may use them."""
    granted = (
        TenantApplication.objects.filter(tenant=tenant, application__is_builtin=False)
        .select_related("application")
        .prefetch_related("application__roles")
        .order_by("application__name")
    )
    return render(request, "tenant/applications.html", {"tenant": tenant, "granted": granted})
