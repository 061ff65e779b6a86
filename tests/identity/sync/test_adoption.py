"""Creates whose answer was lost: what they made is found and kept, and nothing is made twice."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from identity.cells import endpoint_of
from identity.cognito import pools
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.sync import selectors
from identity.sync.families.pool import desired
from tenants.audit_actions import Action
from tenants.models import AuditEvent, PoolKind, SyncKind, Tenant, UserPool
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, assert_exactly_one_of_each, make_due, run_tenant


def a_create_was_sent(scope: SyncKind, key: uuid.UUID, family: Family, name: str) -> None:
    """As after a worker that died in a create, long ago."""
    sent = datetime(2020, 1, 1, tzinfo=UTC)
    SyncedResource.objects.create(scope=scope, key=key, family=family, name=name, create_started_at=sent)


def make_pool(tenant: Tenant, tags: Mapping[str, str]) -> str:
    """Create a pool in Cognito of the name of the tenant's, and return its id."""
    spec = replace(desired(tenant.pool, tenant=None, policy=None), tags=tags)
    return pools.create_pool(endpoint_of(tenant.pool.cell), spec, priority=PRIORITY).pool_id


@pytest.mark.parametrize("operation", ["CreateUserPool", "CreateUserPoolClient"])
def test_a_lost_answer_leads_to_adoption(cognito: LocalCognito, onboard: Onboard, operation: str) -> None:
    """The create took place; it is found by its name, kept, and audited."""
    cognito.fault(operation, "timeout_after")
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    assert not AppClient.objects.exists()
    make_due()
    run_tenant(tenant)
    assert_exactly_one_of_each(tenant)
    assert cognito.applied(operation) == 1
    event = AuditEvent.objects.get(action=Action.RESOURCE_ADOPTED)
    assert event.after["twins"] == []


@pytest.mark.usefixtures("long_grace")
@pytest.mark.parametrize("operation", ["CreateUserPool", "CreateUserPoolClient"])
def test_after_a_server_fault_nothing_is_created_within_the_time_of_grace(
    cognito: LocalCognito, onboard: Onboard, operation: str
) -> None:
    """A 500 may mean anything, and a listing may be late. When the time is over, it is created again."""
    cognito.fault(operation, "error_500")
    tenant = onboard(PoolKind.SHARED)
    for _ in range(3):
        run_tenant(tenant)
        make_due()
    assert cognito.operations().count(operation) == 1
    assert selectors.tenant_sync_summary(tenant).state != ResourceState.IN_SYNC
    SyncedResource.objects.filter(create_started_at__isnull=False).update(create_started_at="2020-01-01T00:00:00Z")
    run_tenant(tenant)
    assert_exactly_one_of_each(tenant)


def test_a_throttled_create_is_repeated_without_grace(cognito: LocalCognito, onboard: Onboard) -> None:
    """An answer came that says nothing was done."""
    cognito.fault("CreateUserPool", "throttle")
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    view = selectors.resources_for_tenant(tenant)[0]
    assert view.state == ResourceState.FAILING
    assert view.next_attempt_at is not None
    make_due()
    run_tenant(tenant)
    assert_exactly_one_of_each(tenant)
    assert cognito.applied("CreateUserPool") == 1


def test_a_listing_of_pools_that_fails_is_not_read_as_absence(cognito: LocalCognito, onboard: Onboard) -> None:
    """Nothing is created for it."""
    tenant = onboard(PoolKind.DEDICATED)
    a_create_was_sent(SyncKind.POOL, tenant.pool_id, Family.POOL, tenant.pool.name)
    cognito.fault("ListUserPools", "error_500")
    run_tenant(tenant)
    assert cognito.operations() == ["ListUserPools"]


def test_a_listing_of_clients_that_fails_is_not_read_as_absence(cognito: LocalCognito, onboard: Onboard) -> None:
    """Nothing is created for it."""
    tenant = onboard(PoolKind.DEDICATED)
    a_create_was_sent(SyncKind.TENANT, tenant.pk, Family.CLIENT, tenant.client_name(AppClient.SIGN_IN))
    cognito.fault("ListUserPoolClients", "error_500")
    run_tenant(tenant)
    assert "CreateUserPool" in cognito.operations()
    assert "CreateUserPoolClient" not in cognito.operations()


def test_of_two_pools_of_our_name_the_older_is_kept(cognito: LocalCognito, onboard: Onboard) -> None:
    """They should not be; if they are, neither is deleted, and the audit log names the other."""
    tenant = onboard(PoolKind.SHARED)
    ours = desired(tenant.pool, tenant=None, policy=None).tags
    older, younger = (make_pool(tenant, ours) for _ in range(2))
    a_create_was_sent(SyncKind.POOL, tenant.pool_id, Family.POOL, tenant.pool.name)
    run_tenant(tenant)
    assert UserPool.objects.get(pk=tenant.pool_id).cognito_id == older
    assert AuditEvent.objects.get(action=Action.RESOURCE_ADOPTED).after == {"id": older, "twins": [younger]}


def test_a_pool_of_our_name_without_our_tag_is_left_alone(cognito: LocalCognito, onboard: Onboard) -> None:
    """Somebody else's: it is not adopted."""
    tenant = onboard(PoolKind.SHARED)
    foreign = make_pool(tenant, tags={})
    a_create_was_sent(SyncKind.POOL, tenant.pool_id, Family.POOL, tenant.pool.name)
    run_tenant(tenant)
    assert UserPool.objects.get(pk=tenant.pool_id).cognito_id not in ("", foreign)
