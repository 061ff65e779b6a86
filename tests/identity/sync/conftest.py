"""Tenants to be onboarded in a cell on the running local Cognito."""

import pytest

from identity.models import DirectoryUser, Group
from identity.services.groups import add_members, create_group
from identity.sync import engine
from tenants.actor import system
from tenants.models import Application, Cell, PoolKind, SyncKind, Tenant
from tenants.services.native import set_native_mode
from tenants.services.tenants import set_tenant_applications
from tests.factories import ApplicationFactory, TenantFactory, UserPoolFactory
from tests.identity.sync.group_members import in_cognito
from tests.support.native import native_options
from tests.support.sync import Onboard, request_tenant, run_tenant


@pytest.fixture
def onboard(local_cell: Cell) -> Onboard:
    """Make a tenant's rows and ask for its sync."""

    def make(kind: PoolKind) -> Tenant:
        tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=local_cell, kind=kind))
        request_tenant(tenant)
        return tenant

    return make


@pytest.fixture
def application(transactional_db: None) -> Application:
    """An application of the operator, in native mode."""
    return set_native_mode(ApplicationFactory.create().pk, native_options(), actor=system("test"))


@pytest.fixture
def native_tenant(onboard: Onboard, application: Application) -> Tenant:
    """A tenant with a pool of its own, that has the application, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    set_tenant_applications(tenant.pk, [application.pk], actor=system("test"))
    run_tenant(tenant)
    return Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)


@pytest.fixture
def people(native_tenant: Tenant) -> list[DirectoryUser]:
    """Three users whom Cognito has."""
    return [in_cognito(native_tenant) for _ in range(3)]


@pytest.fixture
def staff(native_tenant: Tenant, people: list[DirectoryUser]) -> Group:
    """A group with two of them, in sync."""
    group = create_group(native_tenant, name="staff", description="", actor=system("test"))
    add_members(native_tenant, group.pk, [user.pk for user in people[:2]], actor=system("test"))
    engine.run(SyncKind.TENANT, native_tenant.pk)
    return group
