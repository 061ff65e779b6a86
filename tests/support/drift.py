"""Changing things in Cognito past Lifeguard, and deciding about it."""

from datetime import timedelta
from typing import Any

from identity.cells import pool_ref
from identity.cognito import app_clients, pools
from identity.cognito.endpoint import PoolRef
from identity.cognito.merge import merge_client_update, merge_pool_update
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.services.drift import adopt_live, restore_ours
from identity.sync import selectors
from identity.sync.drift import drifted_of, fingerprint
from tenants.actor import system
from tenants.models import OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import comparisons
from tests.support.sync import PRIORITY, Onboard, nothing_is_owed, run_tenant

PERSON = system("a person in a test")
LENGTH = "Policies.PasswordPolicy.MinimumLength"
SYMBOLS = "Policies.PasswordPolicy.RequireSymbols"


def in_sync(onboard: Onboard, kind: PoolKind) -> Tenant:
    """Return a tenant whose pool and client are in sync."""
    tenant = onboard(kind)
    run_tenant(tenant)
    assert nothing_is_owed()
    return fresh(tenant)


def fresh(tenant: Tenant) -> Tenant:
    """Return the tenant as its rows are now."""
    return Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)


def ref_of(tenant: Tenant) -> PoolRef:
    """Return its pool in Cognito."""
    return pool_ref(fresh(tenant).pool)


def live(tenant: Tenant) -> dict[str, Any]:
    """The pool as Cognito has it."""
    return dict(pools.describe_pool(ref_of(tenant), priority=PRIORITY).document)


def password_policy(tenant: Tenant) -> dict[str, Any]:
    """Return the rules for passwords that Cognito has."""
    policy: dict[str, Any] = live(tenant)["Policies"]["PasswordPolicy"]
    return policy


def change_pool(tenant: Tenant, **settings: Any) -> None:
    """As somebody in the console does, leaving the rest as it is."""
    document = live(tenant)
    pools.update_pool(ref_of(tenant), merge_pool_update(document, settings), priority=PRIORITY)


def change_passwords(tenant: Tenant, **rules: Any) -> None:
    """Change rules for passwords by hand."""
    change_pool(tenant, Policies={"PasswordPolicy": {**password_policy(tenant), **rules}})


def change_client(tenant: Tenant, **settings: Any) -> None:
    """Change the tenant's client by hand."""
    ref, row = ref_of(tenant), AppClient.objects.get(tenant=tenant)
    document = app_clients.describe_client(ref, row.client_id, priority=PRIORITY).document
    app_clients.update_client(ref, merge_client_update(document, settings), priority=PRIORITY)


def record(tenant: Tenant, family: Family) -> SyncedResource:
    """Return what the reconciler knows of a resource."""
    return SyncedResource.objects.get(key__in=[tenant.pk, tenant.pool_id], family=family)


def drifted_paths(tenant: Tenant, family: Family) -> set[str]:
    """Return the settings that stand as somebody set them."""
    return {each.path for each in drifted_of(record(tenant, family))}


def state_of(tenant: Tenant, family: Family) -> ResourceState:
    """Return the state of a resource as pages show it."""
    return {view.family: view.state for view in selectors.resources_for_tenant(fresh(tenant))}[family]


def adopt(tenant: Tenant, family: Family, *paths: str) -> None:
    """Adopt settings, or all that may be."""
    row = record(tenant, family)
    chosen = paths or None
    adopt_live(row.pk, chosen, seen=fingerprint(drifted_of(row), chosen), tenant=tenant, actor=PERSON)


def restore(tenant: Tenant, family: Family, *paths: str) -> None:
    """Have settings restored, or all."""
    row = record(tenant, family)
    chosen = paths or None
    restore_ours(row.pk, chosen, seen=fingerprint(drifted_of(row), chosen), tenant=tenant, actor=PERSON)


def session_validity(tenant: Tenant) -> int:
    """Return how long a sign-in may take, as Cognito has it."""
    row = AppClient.objects.get(tenant=tenant)
    document = app_clients.describe_client(ref_of(tenant), row.client_id, priority=PRIORITY).document
    return int(document["AuthSessionValidity"])


def compare(tenant: Tenant) -> None:
    """As the schedule asks for it."""
    OutboxEntry.objects.update(settled_at="2020-01-01T00:00:00Z")
    comparisons.owe_comparisons(
        [SyncKind.POOL, SyncKind.TENANT], older_than=timedelta(hours=1), limit=100, spread=timedelta(0)
    )
    run_tenant(tenant)
