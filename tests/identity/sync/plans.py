"""Plans, as tests look at them, and the changes that they ask for."""

from typing import Any

from identity.cells import pool_ref
from identity.cognito import pools
from identity.cognito.merge import merge_pool_update
from identity.models import (
    PlanStep,
    SyncPlan,
)
from tenants.models import MfaPolicy, OutboxEntry, SyncKind, Tenant
from tests.support.sync import PRIORITY

LONG_AGO = "2020-01-01T00:00:00Z"
MFA_MODE = "MfaConfiguration"


def newest(kind: SyncKind, tenant: Tenant) -> SyncPlan:
    """The newest plan of a tenant or its pool."""
    key = tenant.pool_id if kind is SyncKind.POOL else tenant.pk
    return SyncPlan.objects.filter(scope=kind, key=key).order_by("-started_at")[0]


def steps(plan: SyncPlan) -> dict[str, PlanStep]:
    return {step.family: step for step in plan.steps.all()}


def change_of(step: PlanStep, path: str) -> tuple[Any, Any]:
    (change,) = [each for each in step.changes if each["field"] == path]
    return change["before"], change["after"]


def require_second_factor(tenant: Tenant) -> None:
    tenant.policy.mfa = MfaPolicy.REQUIRED
    tenant.policy.save(update_fields=["mfa"])


def shorten_passwords(tenant: Tenant) -> None:
    """By hand, past Lifeguard."""
    ref = pool_ref(tenant.pool)
    document = pools.describe_pool(ref, priority=PRIORITY).document
    rules = {**document["Policies"]["PasswordPolicy"], "MinimumLength": 8}
    request = merge_pool_update(document, {"Policies": {"PasswordPolicy": rules}})
    pools.update_pool(ref, request, priority=PRIORITY)


def settle_long_ago() -> None:
    OutboxEntry.objects.update(settled_at=LONG_AGO)
