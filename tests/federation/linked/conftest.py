"""A tenant with a connection that connects people of a proved domain, and somebody who has a password."""

import pytest

from federation.models import Connection
from identity.models import DirectoryUser
from tenants.models import PoolKind
from tests.factories import CellFactory, DirectoryUserFactory, TenantCast, UserPoolFactory, make_tenant_cast
from tests.federation.linking import ADDRESS, prove, rule
from tests.support.connections import saml_connection


@pytest.fixture
def people(transactional_db: None) -> TenantCast:
    """A tenant in a shared pool."""
    return make_tenant_cast("initech", pool=UserPoolFactory.create(cell=CellFactory.create(), kind=PoolKind.SHARED))


@pytest.fixture
def connection(people: TenantCast) -> Connection:
    """Its connection, which connects people of a proved domain."""
    made = saml_connection(people.tenant)
    prove(people.tenant)
    return rule(made, "people")


@pytest.fixture
def ada(people: TenantCast) -> DirectoryUser:
    """A user with a password."""
    return DirectoryUserFactory.create(tenant=people.tenant, email=ADDRESS, name="Ada", cognito_sub="ada-in-cognito")
