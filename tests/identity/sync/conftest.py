"""Tenants to be onboarded in a cell on the running local Cognito."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from local.stack import product
from tenants.models import Cell, PoolKind, Tenant
from tests.factories import TenantFactory, UserPoolFactory
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack
from tests.support.sync import Onboard, request_tenant


@pytest.fixture
def onboard(local_cell: Cell) -> Onboard:
    """Make a tenant's rows and ask for its sync."""

    def make(kind: PoolKind) -> Tenant:
        tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=local_cell, kind=kind))
        request_tenant(tenant)
        return tenant

    return make


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
