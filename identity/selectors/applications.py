"""The applications that a tenant's users may sign in to, as the tenant may see them."""

import uuid
from dataclasses import dataclass

from identity.selectors.groups import names_there
from tenants.models import Application, ApplicationRole, Tenant, TenantApplication


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


@dataclass(frozen=True)
class ApplicationHere:
    """An application as one tenant sees it.

    Args:
        grant: since when the tenant has it.
        roles: of its catalogue; empty where there is none.
    """

    grant: TenantApplication
    roles: list[RoleHere]

    @property
    def application(self) -> Application:
        """The application."""
        return self.grant.application


def applications_here(tenant: Tenant) -> list[ApplicationHere]:
    """Return the applications that a tenant has, by name; the dashboard, which all have, is none of them."""
    granted = list(
        TenantApplication.objects.filter(tenant=tenant, application__is_builtin=False)
        .select_related("application")
        .order_by("application__name")
    )
    catalogues: dict[uuid.UUID, list[ApplicationRole]] = {grant.application_id: [] for grant in granted}
    for role in ApplicationRole.objects.filter(application__in=catalogues):
        catalogues[role.application_id].append(role)
    own = names_there(tenant, {name for those in catalogues.values() for role in those for name in role.group_names})
    return [
        ApplicationHere(grant, [_here(role, own) for role in catalogues[grant.application_id]]) for grant in granted
    ]


def _here(role: ApplicationRole, own: frozenset[str]) -> RoleHere:
    return RoleHere(role, [name for name in role.group_names if name in own])
