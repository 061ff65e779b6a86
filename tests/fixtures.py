"""The cast as fixtures. Imported by conftest.py, so that every test can ask for them."""

import pytest

from tenants.actor import Actor
from tests.factories import Cast, TenantCast, actor_of, make_cast


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
