"""The applications that the tenant's users may sign in to."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render

from identity.selectors.groups import names_there
from tenants.http import Request
from tenants.models import ApplicationRole, Tenant, TenantApplication
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@dataclass(frozen=True)
class RoleHere:
    """A role of an application as one tenant sees it.

    A catalogue is all tenants' at once, and what the others call their groups is none of this one's business.

    Args:
        role: of the catalogue.
        group_names: those of its groups that the tenant has.
    """

    role: ApplicationRole
    group_names: list[str]

    @property
    def is_nobodys(self) -> bool:
        """Whether nobody of this tenant can have it as things are."""
        return not (self.role.everybody or self.role.tenant_roles or self.group_names)


@tenant_view(Permission.APPLICATIONS_READ)
def application_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The applications; the operator registers them and says which tenants may use them."""
    granted = list(
        TenantApplication.objects.filter(tenant=tenant, application__is_builtin=False)
        .select_related("application")
        .order_by("application__name")
    )
    catalogues: dict[uuid.UUID, list[ApplicationRole]] = {grant.application_id: [] for grant in granted}
    for role in ApplicationRole.objects.filter(application__in=catalogues):
        catalogues[role.application_id].append(role)
    own = names_there(tenant, {name for those in catalogues.values() for role in those for name in role.group_names})
    rows = [(grant, [_here(role, own) for role in catalogues[grant.application_id]]) for grant in granted]
    return render(request, "tenant/applications.html", {"tenant": tenant, "rows": rows})


def _here(role: ApplicationRole, own: frozenset[str]) -> RoleHere:
    return RoleHere(role, [name for name in role.group_names if name in own])
