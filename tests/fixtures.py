"""The cast as fixtures. Imported by conftest.py, so that every test can ask for them."""

from collections.abc import Iterator

import pytest

from tenants.actor import Actor
from tenants.models import Cell
from tests.factories import Cast, CellFactory, TenantCast, actor_of, make_cast
from tests.support.cognito import LocalCognito
from tests.support.stack_plugin import Stack


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody; see `tests.factories.cast`."""
    return make_cast()


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The tenant with a dedicated pool, and its users."""
    return cast.acme


@pytest.fixture
def globex(cast: Cast) -> TenantCast:
    """The tenant in a shared pool, and its users."""
    return cast.globex


@pytest.fixture
def operator(cast: Cast) -> Actor:
    """An operator with the role owner, as services see them."""
    return actor_of(cast.operator)


@pytest.fixture
def owner(acme: TenantCast) -> Actor:
    """Acme's owner."""
    return actor_of(acme.owner)


@pytest.fixture
def admin(acme: TenantCast) -> Actor:
    """Acme's admin."""
    return actor_of(acme.admin)


@pytest.fixture
def auditor(acme: TenantCast) -> Actor:
    """Acme's auditor."""
    return actor_of(acme.auditor)


@pytest.fixture
def outsider(acme: TenantCast) -> Actor:
    """A user of acme without a role."""
    return actor_of(acme.outsider)


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
