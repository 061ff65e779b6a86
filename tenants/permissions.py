"""Permissions and roles, as data: the checks and the pages that explain roles read the same tables."""

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What can be allowed, as `scope:action`. `fleet.*` is the operator's, the others are within one tenant."""

    FLEET_READ = "fleet.tenants:read"
    FLEET_ONBOARD = "fleet.tenants:onboard"
    FLEET_LIFECYCLE = "fleet.tenants:lifecycle"
    FLEET_APPLICATIONS_READ = "fleet.applications:read"
    FLEET_APPLICATIONS_WRITE = "fleet.applications:write"
    FLEET_CELLS_READ = "fleet.cells:read"
    FLEET_CELLS_WRITE = "fleet.cells:write"
    FLEET_POOLS_WRITE = "fleet.pools:write"
    FLEET_SYNC_READ = "fleet.sync:read"
    FLEET_SYNC_RUN = "fleet.sync:run"
    FLEET_SYNC_WRITE = "fleet.sync:write"
    FLEET_SETTINGS_READ = "fleet.settings:read"
    FLEET_SETTINGS_WRITE = "fleet.settings:write"
    FLEET_AUDIT_READ = "fleet.audit:read"
    FLEET_TEAM_READ = "fleet.team:read"
    FLEET_TEAM_WRITE = "fleet.team:write"
    FLEET_SUPPORT = "fleet.support:enter"

    TENANT_READ = "tenant:read"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    ROLES_WRITE = "roles:write"
    GROUPS_READ = "groups:read"
    GROUPS_WRITE = "groups:write"
    BRANDING_READ = "branding:read"
    BRANDING_WRITE = "branding:write"
    POLICY_READ = "policy:read"
    POLICY_WRITE = "policy:write"
    APPLICATIONS_READ = "applications:read"
    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_WRITE = "connections:write"
    DOMAINS_READ = "domains:read"
    DOMAINS_WRITE = "domains:write"
    SYNC_READ = "sync:read"
    SYNC_RUN = "sync:run"
    SYNC_WRITE = "sync:write"
    AUDIT_READ = "audit:read"


PERMISSION_LABELS: dict[Permission, Promise] = {
    Permission.FLEET_READ: _("See tenants"),
    Permission.FLEET_ONBOARD: _("Onboard tenants and choose their applications"),
    Permission.FLEET_LIFECYCLE: _("Suspend, delete and bring back tenants"),
    Permission.FLEET_APPLICATIONS_READ: _("See applications"),
    Permission.FLEET_APPLICATIONS_WRITE: _("Register and change applications"),
    Permission.FLEET_CELLS_READ: _("See pools and cells"),
    Permission.FLEET_CELLS_WRITE: _("Add cells and set their quotas"),
    Permission.FLEET_POOLS_WRITE: _("Change the settings of user pools"),
    Permission.FLEET_SYNC_READ: _("See sync activity"),
    Permission.FLEET_SYNC_RUN: _("Ask for a sync, or for what it would do"),
    Permission.FLEET_SYNC_WRITE: _("Decide about drift"),
    Permission.FLEET_SETTINGS_READ: _("See the fleet's settings"),
    Permission.FLEET_SETTINGS_WRITE: _("Change the fleet's settings"),
    Permission.FLEET_AUDIT_READ: _("Read the fleet's audit log"),
    Permission.FLEET_TEAM_READ: _("See the team"),
    Permission.FLEET_TEAM_WRITE: _("Add people to the team"),
    Permission.FLEET_SUPPORT: _("Enter a tenant for support"),
    Permission.TENANT_READ: _("See the overview"),
    Permission.USERS_READ: _("See users"),
    Permission.USERS_WRITE: _("Invite, disable and delete users"),
    Permission.ROLES_WRITE: _("Give and take roles"),
    Permission.GROUPS_READ: _("See groups"),
    Permission.GROUPS_WRITE: _("Make groups and choose who is in them"),
    Permission.BRANDING_READ: _("See the brand"),
    Permission.BRANDING_WRITE: _("Change the brand"),
    Permission.POLICY_READ: _("See the sign-in policy"),
    Permission.POLICY_WRITE: _("Change the sign-in policy"),
    Permission.APPLICATIONS_READ: _("See applications"),
    Permission.CONNECTIONS_READ: _("See connections to identity providers"),
    Permission.CONNECTIONS_WRITE: _("Set up connections to identity providers"),
    Permission.DOMAINS_READ: _("See e-mail domains"),
    Permission.DOMAINS_WRITE: _("Claim e-mail domains and give them up"),
    Permission.SYNC_READ: _("See how far Cognito has followed"),
    Permission.SYNC_RUN: _("Ask for a sync, or for what it would do"),
    Permission.SYNC_WRITE: _("Decide about drift"),
    Permission.AUDIT_READ: _("Read the audit log"),
}


class OperatorRole(models.TextChoices):
    """A role of the operator's own staff."""

    OWNER = "owner", _("Owner")
    SUPPORT = "support", _("Support")
    AUDITOR = "auditor", _("Auditor")


class TenantRole(models.TextChoices):
    """A role within one tenant. A user without one reaches applications, but not the dashboard."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    AUDITOR = "auditor", _("Auditor")


_FLEET = frozenset(p for p in Permission if p.value.startswith("fleet."))
_TENANT = frozenset(Permission) - _FLEET
_READ = frozenset(p for p in Permission if p.value.endswith(":read"))

OPERATOR_PERMISSIONS: dict[OperatorRole, frozenset[Permission]] = {
    OperatorRole.OWNER: _FLEET,
    OperatorRole.SUPPORT: (_FLEET & _READ) | {Permission.FLEET_SUPPORT, Permission.FLEET_SYNC_RUN},
    OperatorRole.AUDITOR: _FLEET & _READ,
}

TENANT_PERMISSIONS: dict[TenantRole, frozenset[Permission]] = {
    TenantRole.OWNER: _TENANT,
    TenantRole.ADMIN: _TENANT - {Permission.ROLES_WRITE},
    TenantRole.AUDITOR: _TENANT & _READ,
}

# What an operator may do inside a tenant, after stating a reason that the tenant can read in its own audit log.
SUPPORT_PERMISSIONS: dict[OperatorRole, frozenset[Permission]] = {
    OperatorRole.OWNER: _TENANT,
    OperatorRole.SUPPORT: _TENANT - {Permission.ROLES_WRITE},
    OperatorRole.AUDITOR: frozenset(),
}
