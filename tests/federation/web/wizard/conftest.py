"""Acme, its owner's browser, and a connection that was just begun."""

import pytest
from django.test import Client

from federation.models import Connection
from federation.services.connections import NewConnection, create_connection
from tests.factories import Cast, TenantCast, actor_of
from tests.federation.web.wizard.pages import browser_of


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def owner_page(acme: TenantCast) -> Client:
    """The browser of acme's owner."""
    return browser_of(acme, "owner")


@pytest.fixture
def draft(acme: TenantCast) -> Connection:
    """A connection of acme's that was just begun from Okta's guide."""
    new = NewConnection(name="Okta", kind="saml", guide="okta-saml", word="okta")
    return create_connection(acme.tenant, new, actor=actor_of(acme.owner))
