"""Who may open this dashboard, and what each role may do."""

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise

from identity.selectors import list_team
from identity.web.user_rows import user_row
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import PERMISSION_LABELS, TENANT_PERMISSIONS, Permission, TenantRole
from tenants.web.access import tenant_view


@dataclass(frozen=True)
class PermissionRow:
    """One permission, and for each role whether it has it."""

    permission: Permission
    words: Promise
    granted: list[bool]


@tenant_view(Permission.USERS_READ)
def team(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The users with a role, and the table of roles."""
    back = request.path
    context = {
        "tenant": tenant,
        "rows": [user_row(user, None, actor=request.actor, back=back) for user in list_team(tenant)],
        "roles": list(TenantRole),
        "permissions": _permission_rows(),
        "may_set_roles": request.actor.allows(Permission.ROLES_WRITE),
        "me": request.actor.id,
    }
    return render(request, "tenant/team.html", context)


def _permission_rows() -> list[PermissionRow]:
    """The table that the checks read, by permission; what no role has is not a tenant's."""
    return [
        PermissionRow(permission, PERMISSION_LABELS[permission], granted)
        for permission in Permission
        if any(granted := [permission in TENANT_PERMISSIONS[role] for role in TenantRole])
    ]
