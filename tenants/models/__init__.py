"""The tables of `tenants`, one noun a module."""

from tenants.models.account import Account, SupportSession
from tenants.models.application import Application, TenantApplication
from tenants.models.application_role import ApplicationRole
from tenants.models.audit import AuditEvent
from tenants.models.branding import Branding
from tenants.models.cell import Cell
from tenants.models.fleet_settings import FleetSettings
from tenants.models.invitation import Invitation
from tenants.models.native import ApiScope, NativeMode
from tenants.models.outbox import OutboxEntry, SyncKind
from tenants.models.policy import MfaPolicy, SignInPolicy, SignUpPolicy
from tenants.models.pool_settings import PoolSettings
from tenants.models.resource_server import ApplicationResource, ResourceScope, ResourceServer
from tenants.models.tenant import DriftMode, Tenant, TenantStatus
from tenants.models.user_pool import PoolKind, UserPool

__all__ = [
    "Account",
    "ApiScope",
    "Application",
    "ApplicationResource",
    "ApplicationRole",
    "AuditEvent",
    "Branding",
    "Cell",
    "DriftMode",
    "FleetSettings",
    "Invitation",
    "MfaPolicy",
    "NativeMode",
    "OutboxEntry",
    "PoolKind",
    "PoolSettings",
    "ResourceScope",
    "ResourceServer",
    "SignInPolicy",
    "SignUpPolicy",
    "SupportSession",
    "SyncKind",
    "Tenant",
    "TenantApplication",
    "TenantStatus",
    "UserPool",
]
