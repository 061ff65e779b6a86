"""Onboarding as rows, carrying out what is owed, and looking at what Cognito then has."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from identity.cells import endpoint_of, pool_ref
from identity.cognito import app_clients, domains, pools
from identity.cognito.calls import Priority
from identity.models import AppClient, SyncedResource, WriteLease
from identity.sync import engine
from tenants.models import OutboxEntry, PoolKind, SyncKind, Tenant, UserPool
from tenants.services import outbox

PRIORITY = Priority.CONFIGURATION
Onboard = Callable[[PoolKind], Tenant]


def request_tenant(tenant: Tenant) -> None:
    """Ask for a sync of a tenant and of its pool, as services do."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.POOL, tenant.pool_id)
        outbox.request_sync(SyncKind.TENANT, tenant.pk)


def run_tenant(tenant: Tenant) -> None:
    """Do a worker's work for a tenant and its pool, in this process."""
    engine.run(SyncKind.POOL, tenant.pool_id)
    engine.run(SyncKind.TENANT, tenant.pk)


def resync(tenant: Tenant) -> None:
    """Ask for a sync and do it."""
    request_tenant(tenant)
    run_tenant(tenant)


def entry_of(kind: SyncKind, tenant: Tenant) -> OutboxEntry:
    """Return the outbox row of a tenant, or of its pool."""
    return OutboxEntry.objects.get(kind=kind, key=tenant.pool_id if kind == SyncKind.POOL else tenant.pk)


def nothing_is_owed() -> bool:
    """Say whether the workers have done all they were asked for."""
    owed = [entry for entry in OutboxEntry.objects.all() if entry.is_owed]
    assert not owed, [(str(entry), entry.attempts, entry.last_error) for entry in owed]
    return True


def let_leases_expire() -> None:
    """Let the time of a lease go by: a worker that died holds its leases no longer."""
    past = Now() - timedelta(seconds=1)
    OutboxEntry.objects.filter(lease_until__isnull=False).update(lease_until=past)
    WriteLease.objects.update(expires_at=past)


def let_grace_pass() -> None:
    """Let the time go by in which Cognito might not show yet what was created."""
    long_ago = Now() - timedelta(hours=1)
    SyncedResource.objects.filter(create_started_at__isnull=False).update(create_started_at=long_ago)


def make_due() -> None:
    """Let the time until the next attempt go by."""
    OutboxEntry.objects.update(next_attempt_at=Now())


def assert_exactly_one_of_each(tenant: Tenant) -> None:
    """Check that Cognito has one pool, one domain and one app client for the tenant, and that we know them."""
    pool = UserPool.objects.select_related("cell").get(pk=tenant.pool_id)
    listed = [found for found in pools.list_pools(endpoint_of(pool.cell), priority=PRIORITY) if found.name == pool.name]
    assert [found.pool_id for found in listed] == [pool.cognito_id]
    domain = domains.describe_domain(endpoint_of(pool.cell), pool.domain_prefix, priority=PRIORITY)
    assert domain is not None
    assert domain.pool_id == pool.cognito_id
    clients = list(app_clients.list_clients(pool_ref(pool), priority=PRIORITY))
    row = AppClient.objects.get(tenant=tenant)
    mine = [client for client in clients if client.name == tenant.client_name(AppClient.SIGN_IN)]
    assert [client.client_id for client in mine] == [row.client_id]
    described = app_clients.describe_client(pool_ref(pool), row.client_id, priority=PRIORITY)
    assert described.secret is not None
    assert described.secret.get_secret_value() == row.secret
