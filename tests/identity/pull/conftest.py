"""Tenants in shared and dedicated pools of the running local Cognito."""

from collections.abc import Callable

import pytest

from tenants.models import Cell, PoolKind, Tenant, UserPool
from tests.factories import TenantFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import resync

MakeTenant = Callable[[UserPool], Tenant]


def provision(tenant: Tenant) -> Tenant:
    """Bring a tenant and its pool into Cognito, and return it as it is then."""
    resync(tenant)
    return Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)


@pytest.fixture
def acme(local_cell: Cell, cognito: LocalCognito) -> Tenant:
    """A tenant in a dedicated pool."""
    pool = UserPoolFactory.create(cell=local_cell, kind=PoolKind.DEDICATED)
    return provision(TenantFactory.create(slug="acme", name="Acme", pool=pool))


@pytest.fixture
def globex(local_cell: Cell, cognito: LocalCognito) -> Tenant:
    """A tenant in a shared pool."""
    pool = UserPoolFactory.create(cell=local_cell, kind=PoolKind.SHARED)
    return provision(TenantFactory.create(slug="globex", name="Globex", pool=pool))


@pytest.fixture
def initech(globex: Tenant) -> Tenant:
    """Another tenant in the same pool as globex."""
    return provision(TenantFactory.create(slug="initech", name="Initech", pool=globex.pool))
