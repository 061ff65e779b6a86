"""A tenant with drafts of connections to two providers."""

from collections.abc import Iterator

import pytest

from federation.models import (
    Connection,
)
from federation.services.connections import save_settings
from tenants.models import Cell, PoolKind, Tenant
from tests.federation.arrivals import other_claims, saml_settings
from tests.federation.conftest import MakeTenant
from tests.federation.signin.trying_out.drafts import draft
from tests.support.connections import ACTOR, saml_connection
from tests.support.oidc_idp import OidcIdp
from tests.support.saml_idp import SamlIdp


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """An OpenID provider that signs Ada in without asking."""
    running = OidcIdp()
    other_claims(running, name="Ada Lovelace", groups=["IT"])
    yield running
    running.stop()


@pytest.fixture
def tenant(local_cell: Cell, make_tenant: MakeTenant) -> Tenant:
    """A tenant in a shared pool."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    return make_tenant("globex", PoolKind.SHARED)


@pytest.fixture
def connection(tenant: Tenant, idp: OidcIdp) -> Connection:
    """A complete draft of a connection to the provider."""
    return draft(tenant, idp)


@pytest.fixture
def saml() -> SamlIdp:
    """A SAML provider."""
    return SamlIdp()


@pytest.fixture
def saml_draft(tenant: Tenant, saml: SamlIdp) -> Connection:
    """A complete draft of a connection to it."""
    made = saml_connection(tenant)
    made = save_settings(tenant, made.pk, saml_settings(saml), change="Metadata", actor=ACTOR)
    made.tenant = tenant
    return made
