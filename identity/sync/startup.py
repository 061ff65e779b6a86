"""Wiring at start-up; called by the app's `ready`."""

from django.conf import settings

from identity.cognito.budget.budget import RateBudget
from identity.cognito.budget.lanes import lanes
from identity.cognito.budget.shared import connect as connect_to_redis
from identity.cognito.hooks import hooks
from identity.sync.bulk import reconcile_lane
from identity.sync.capabilities import CellCapabilities
from identity.sync.reconcilers import reconcile_pool, reconcile_tenant, reconcile_user
from identity.sync.registry import register
from tenants.models import SyncKind


def connect() -> None:
    """Register who reconciles what, who says when Cognito may be called, and who remembers what an endpoint lacks."""
    register(SyncKind.POOL, reconcile_pool)
    register(SyncKind.TENANT, reconcile_tenant)
    register(SyncKind.USER, reconcile_user)
    register(SyncKind.BULK, reconcile_lane)
    hooks.capabilities = CellCapabilities()
    budget = RateBudget(connect_to_redis(settings.REDIS_URL), lanes(settings.SYNC_LEASE_SECONDS))
    hooks.budget = budget
    hooks.observers.append(budget)
