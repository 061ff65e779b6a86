"""Tenants to be onboarded in a cell on the running local Cognito."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from tenants.models import Cell, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import outbox
from tests.factories import CellFactory, TenantFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.stack_plugin import Stack

Onboard = Callable[[PoolKind], Tenant]


@pytest.fixture
def cognito(stack: Stack) -> Iterator[LocalCognito]:
    """The local Cognito with an empty journal; no fault outlives the test."""
    local = LocalCognito(stack.addresses.cognito_url)
    local.forget_calls()
    yield local
    local.clear_faults()


@pytest.fixture
def local_cell(stack: Stack, transactional_db: None) -> Cell:
    """A cell whose endpoint is the local Cognito."""
    return CellFactory.create(endpoint_url=stack.addresses.cognito_url)


@pytest.fixture
def onboard(local_cell: Cell) -> Onboard:
    """Do to the rows what the service of onboarding does."""

    def make(kind: PoolKind) -> Tenant:
        with transaction.atomic():
            tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=local_cell, kind=kind))
            request(SyncKind.POOL, tenant)
            request(SyncKind.TENANT, tenant)
        return tenant

    return make


def request(kind: SyncKind, tenant: Tenant) -> None:
    """Ask for a sync of a tenant, or of its pool."""
    outbox.request_sync(kind, tenant.pool_id if kind == SyncKind.POOL else tenant.pk)


def nothing_is_owed() -> bool:
    """Say whether the workers have done all they were asked for."""
    return not any(entry.is_owed for entry in OutboxEntry.objects.all())
