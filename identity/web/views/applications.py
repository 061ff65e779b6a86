"""The applications that the tenant's users may sign in to."""

from django.http import HttpResponseBase
from django.shortcuts import render

from identity.selectors.applications import applications_here
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.APPLICATIONS_READ)
def application_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The applications; the operator registers them and says which tenants may use them."""
    return render(request, "tenant/applications.html", {"tenant": tenant, "rows": applications_here(tenant)})
