"""A tenant's identity providers in Cognito, as tests of the sync engine look at them."""

from typing import Any

from django.db import transaction

from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, ResourceState
from identity.sync import engine, selectors
from tenants.models import SyncKind, Tenant
from tenants.services import outbox
from tests.support.sync import PRIORITY


def apply(tenant: Tenant) -> None:
    """Do what is owed for the tenant's pool and for the tenant."""
    engine.run(SyncKind.POOL, tenant.pool_id)
    engine.run(SyncKind.TENANT, tenant.pk)


def compare(tenant: Tenant) -> None:
    """Let the schedule's comparison come to the tenant."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.TENANT, tenant.pk, scheduled=True)
    engine.run(SyncKind.TENANT, tenant.pk)


def live(tenant: Tenant, name: str) -> IdentityProvider | None:
    """An identity provider of the tenant's pool."""
    return identity_providers.describe(pool_ref(tenant.pool), name, priority=PRIORITY)


def listing(tenant: Tenant) -> dict[str, Any] | None:
    """The app client for people who arrive, as Cognito describes it."""
    row = AppClient.objects.filter(tenant=tenant, purpose=AppClient.FEDERATED).first()
    if row is None:
        return None
    return dict(app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY).document)


def state(tenant: Tenant) -> ResourceState:
    """The tenant's state in words."""
    return selectors.tenant_sync_summary(Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)).state
