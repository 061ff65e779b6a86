"""What onboarding and standing still cost in calls: the quotas of AWS are a fleet's budget."""

from collections import Counter

import pytest

from identity.sync import engine
from identity.sync.schedule import schedule_comparisons
from tenants.models import Cell, OutboxEntry, PoolKind, SyncKind, Tenant
from tests.convergence.natives import native_application
from tests.convergence.world import World
from tests.factories import TenantFactory
from tests.support.cognito import LocalCognito


@pytest.fixture
def world(cognito: LocalCognito, local_cell: Cell) -> World:
    """A fleet in sync."""
    world = World.begin(local_cell, cognito, native_application())
    cognito.forget_calls()
    return world


def compare(world: World, tenant: Tenant) -> None:
    """Let the schedule ask for the tenant's comparison, and carry it out."""
    keys = [(SyncKind.POOL, tenant.pool_id), (SyncKind.TENANT, tenant.pk)]
    OutboxEntry.objects.exclude(key__in=[key for _kind, key in keys]).delete()
    OutboxEntry.objects.update(settled_at="2020-01-01T00:00:00Z")
    while schedule_comparisons():
        pass
    world.let_time_pass()
    for kind, key in keys:
        engine.run(kind, key)
    assert world.owed() == []


def test_a_dedicated_tenant_costs_five_calls_at_most(cognito: LocalCognito, world: World) -> None:
    """One for each of its resources, and nothing is read to find out that a new pool is empty."""
    world.onboard(PoolKind.DEDICATED)
    world.drain()
    assert cognito.operations() == [
        "CreateUserPool",
        "SetUserPoolMfaConfig",
        "CreateUserPoolDomain",
        "CreateUserPoolClient",
    ]


def test_a_partition_costs_two_calls_at_most(cognito: LocalCognito, world: World) -> None:
    """Its app client; the pool is there, and is not looked at for it."""
    tenant = TenantFactory.create(slug="cheap", pool=world.shared)
    world.ask(SyncKind.TENANT, tenant.pk)
    world.drain()
    assert cognito.operations() == ["CreateUserPoolClient"]


@pytest.mark.parametrize("kind", list(PoolKind))
def test_a_converged_tenant_costs_eight_reads_and_no_write(cognito: LocalCognito, world: World, kind: PoolKind) -> None:
    """Also where others made something by hand, which is looked for too."""
    world.onboard(kind)
    world.drain()
    cognito.forget_calls()
    compare(world, world.tenants[0])
    assert cognito.writes() == []
    assert Counter(cognito.operations()) == Counter(
        [
            "DescribeUserPool",
            "GetUserPoolMfaConfig",
            "DescribeUserPoolDomain",
            "ListUserPoolClients",
            "ListGroups",
            "ListIdentityProviders",
            "ListResourceServers",
            "DescribeUserPoolClient",
        ]
    )
