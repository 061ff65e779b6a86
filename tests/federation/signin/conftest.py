"""A tenant with a connection to an OpenID provider that signs Ada in, and her browser."""

from collections.abc import Iterator

import pytest

from federation.connections.mapping import Mapping
from federation.models import Connection
from tenants.models import Application, Cell, PoolKind, Tenant, TenantApplication
from tests.federation.arrivals import Traveller, connect, other_claims
from tests.federation.conftest import MakeTenant
from tests.support.oidc_idp import OidcIdp

MAPPING = Mapping(email="email", name="name", groups="groups")


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """An OpenID provider that signs Ada in without asking."""
    running = OidcIdp()
    other_claims(running, name="Ada Lovelace")
    yield running
    running.stop()


@pytest.fixture
def tenant(local_cell: Cell, make_tenant: MakeTenant, application: Application) -> Tenant:
    """A tenant in a shared pool that may use the application."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    made = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=made, application=application)
    return made


@pytest.fixture
def connection(tenant: Tenant, idp: OidcIdp) -> Connection:
    """Its connection to the provider, active and in Cognito."""
    return connect(tenant, idp, mapping=MAPPING)


@pytest.fixture
def ada(application: Application) -> Traveller:
    """Ada's browser."""
    return Traveller(application)
