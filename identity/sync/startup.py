"""Wiring at start-up; called by the app's `ready`."""

from identity.cognito.hooks import hooks
from identity.sync.capabilities import CellCapabilities
from identity.sync.reconcilers import reconcile_pool, reconcile_tenant, reconcile_user
from identity.sync.registry import register
from tenants.models import SyncKind


def connect() -> None:
    """Register who reconciles what, and who remembers what an endpoint cannot do."""
    register(SyncKind.POOL, reconcile_pool)
    register(SyncKind.TENANT, reconcile_tenant)
    register(SyncKind.USER, reconcile_user)
    hooks.capabilities = CellCapabilities()
