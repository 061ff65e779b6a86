"""A tenant with a connection to Google, whose place an OpenID provider takes, and what Cognito has of it."""

from collections.abc import Iterator

import pytest

from federation.connections.settings import SocialSettings
from federation.models import Connection, ConnectionTest, ConnectionTestState
from federation.services.connection_tests import start_test
from federation.services.connections import save_settings
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers, users
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, SyncedResource
from identity.sync import engine
from tenants.models import Cell, SyncKind, Tenant
from tests.federation.arrivals import apply
from tests.federation.conftest import MakeTenant
from tests.federation.trying_out import SESSION, current, work
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, activated, google_connection
from tests.support.oidc_idp import CLIENT_SECRET, OidcIdp
from tests.support.sync import PRIORITY, make_due


@pytest.fixture
def idp(cognito: LocalCognito) -> Iterator[OidcIdp]:
    """An OpenID provider in the place of Google."""
    running = OidcIdp()
    running.does.claims["name"] = "Ada Lovelace"
    cognito.play_social(Google=running.issuer)
    yield running
    running.stop()


@pytest.fixture
def tenant(local_cell: Cell, make_tenant: MakeTenant) -> Tenant:
    """A tenant with a pool of its own."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    return make_tenant("acme")


@pytest.fixture
def google(tenant: Tenant, idp: OidcIdp) -> Connection:
    """A complete draft of a connection to Google."""
    return google_connection(tenant, secret=CLIENT_SECRET)


@pytest.fixture
def in_use(google: Connection, tenant: Tenant) -> Connection:
    """The connection, by which people sign in."""
    made = activated(google)
    made.tenant = tenant
    apply(tenant)
    return made


def provider(tenant: Tenant) -> IdentityProvider | None:
    return identity_providers.describe(pool_ref(tenant.pool), "Google", priority=PRIORITY)


def people(tenant: Tenant) -> list[str]:
    """Who is in Cognito by Google."""
    return [user.username for user in users.list_by_prefix(pool_ref(tenant.pool), "google_", priority=PRIORITY)]


def listing(tenant: Tenant) -> dict[str, list[str]]:
    """What each app client lists, by its name without the tenant's key; not the one for passwords."""
    ref, found = pool_ref(tenant.pool), {}
    for client in app_clients.list_clients(ref, priority=PRIORITY):
        document = app_clients.describe_client(ref, client.client_id, priority=PRIORITY).document
        found[client.name.removeprefix(f"{tenant.key}-")] = list(document.get("SupportedIdentityProviders", []))
    return {name: listed for name, listed in found.items() if name != AppClient.SIGN_IN}


def is_over(tenant: Tenant) -> bool:
    """Neither Cognito nor we have anything of a test but its row."""
    assert not [name for name in listing(tenant) if name.startswith("test-")]
    assert not AppClient.objects.filter(tenant=tenant, purpose__startswith="test-").exists()
    return not SyncedResource.objects.filter(scope=SyncKind.CONNECTION_TEST).exists()


def work_tenant(tenant: Tenant) -> None:
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)


def begin_in_use(connection: Connection) -> ConnectionTest:
    """Begin a test of a connection in use, and do all work for it."""
    test = start_test(connection.tenant, connection.pk, session=SESSION, actor=ACTOR)
    work_tenant(connection.tenant)
    work(test)
    assert current(test).state == ConnectionTestState.READY
    return current(test)


def change(connection: Connection) -> None:
    settings = SocialSettings(client_id="lifeguard", scopes="openid email profile")
    save_settings(connection.tenant, connection.pk, settings, change="Scopes", actor=ACTOR)
