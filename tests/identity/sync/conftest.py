"""Tenants to be onboarded in a cell on the running local Cognito."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from identity.models import DirectoryUser, Group
from identity.services.groups import add_members, create_group
from identity.sync import engine
from local.stack import product
from tenants.actor import system
from tenants.models import Application, Cell, PoolKind, SyncKind, Tenant
from tenants.services.native import set_native_mode
from tenants.services.tenants import set_tenant_applications
from tests.factories import ApplicationFactory, TenantFactory, UserPoolFactory
from tests.identity.sync.group_members import in_cognito
from tests.support.native import native_options
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack
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


@pytest.fixture(scope="module")
def crashing_worker(
    stack: Stack, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProcess]:
    """A running Celery worker for a whole module, to be killed and started again; beat runs beside it throughout."""
    folder = tmp_path_factory.mktemp("worker")
    environment = on_database(str(connection.settings_dict["NAME"]))
    python = Path(sys.executable)
    worker = LiveProcess(lambda: product.worker(python, environment, stack.ports.redis, folder / "worker.log"))
    beat = LiveProcess(lambda: product.beat(python, environment, folder / "beat.log", folder))
    worker.start()
    beat.start()
    yield worker
    beat.kill()
    worker.kill()
