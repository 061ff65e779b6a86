"""Tests of social connections, whose provider a pool has one of: whose it is when, and whose its people are."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from federation.connections.settings import SocialSettings
from federation.models import Connection, ConnectionTest, ConnectionTestState
from federation.services.connection_states import delete_connection
from federation.services.connection_tests import cancel_test, start_test
from federation.services.connections import save_settings
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers, users
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, DirectoryUser, SyncedResource, UnmanagedResource
from identity.sync import engine
from identity.sync.inventory import take
from tenants.models import Application, Cell, SyncKind, Tenant, TenantApplication
from tests.federation.arrivals import Traveller, apply
from tests.federation.conftest import MakeTenant
from tests.federation.trying_out import SESSION, Tab, begin, clean, current, work
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, activated, google_connection
from tests.support.oidc_idp import CLIENT_SECRET, OidcIdp
from tests.support.sync import PRIORITY, make_due
from tests.support.waiting import eventually

pytestmark = pytest.mark.urls("config.urls.signin")


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


@pytest.fixture
def traveller(tenant: Tenant, application: Application) -> Traveller:
    """Somebody who signs in by the connection itself."""
    TenantApplication.objects.create(tenant=tenant, application=application)
    return Traveller(application)


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


def test_a_draft_has_the_provider_for_the_time_of_its_test(google: Connection, tenant: Tenant) -> None:
    """One client lists it, which lists nothing else; afterwards there is no provider, no client and no user."""
    test, tab = begin(google), Tab()
    assert test.state == ConnectionTestState.READY
    found = provider(tenant)
    assert found is not None
    assert found.type == "Google"
    assert listing(tenant) == {test.purpose: ["Google"]}
    take(tenant.pool)
    assert not UnmanagedResource.objects.exists()
    tab.come_back(tab.travel(tab.leave(test)))
    test = current(test)
    assert (test.state, test.report["email"]) == (ConnectionTestState.PASSED, "ada@acme.example")
    assert people(tenant) == ["google_u-1"]
    assert clean(test).came_as == ""
    assert provider(tenant) is None
    assert people(tenant) == []
    assert is_over(tenant)
    assert not DirectoryUser.objects.filter(tenant=tenant).exists()


def test_who_did_not_come_back_goes_too(google: Connection, tenant: Tenant) -> None:
    """While nobody else can have come by the provider."""
    test, tab = begin(google), Tab()
    tab.travel(tab.leave(test))
    cancel_test(current(test))
    clean(test)
    assert people(tenant) == []


def test_one_in_use_is_tested_by_its_own_provider(in_use: Connection, tenant: Tenant) -> None:
    """Which stays, with all that it has; the test's client and its user go."""
    before = provider(tenant)
    test, tab = begin_in_use(in_use), Tab()
    assert listing(tenant) == {AppClient.FEDERATED: ["Google"], test.purpose: ["Google"]}
    tab.come_back(tab.travel(tab.leave(test)))
    assert current(test).state == ConnectionTestState.PASSED
    clean(test)
    assert provider(tenant) == before
    assert listing(tenant) == {AppClient.FEDERATED: ["Google"]}
    assert people(tenant) == []
    assert is_over(tenant)


def test_who_was_there_before_stays(in_use: Connection, tenant: Tenant, traveller: Traveller) -> None:
    """Though nobody here knows them: they never came back from Cognito."""
    traveller.travel(traveller.leave(tenant, in_use))
    assert people(tenant) == ["google_u-1"]
    test, tab = begin_in_use(in_use), Tab()
    tab.come_back(tab.travel(tab.leave(test)))
    assert current(test).state == ConnectionTestState.PASSED
    clean(test)
    assert people(tenant) == ["google_u-1"]


def test_who_is_known_by_now_stays(in_use: Connection, tenant: Tenant, traveller: Traveller, idp: OidcIdp) -> None:
    """Also who came in by the test first, and by the connection before it was cleaned up."""
    test, tab = begin_in_use(in_use), Tab()
    tab.come_back(tab.travel(tab.leave(test)))
    traveller.arrive(traveller.travel(traveller.leave(tenant, in_use)))
    idp.does.claims["sub"], idp.does.claims["email"] = "u-2", "bob@acme.example"
    other = Traveller(traveller.application)
    other.travel(other.leave(tenant, in_use))
    clean(test)
    assert people(tenant) == ["google_u-1", "google_u-2"]
    assert DirectoryUser.objects.get(tenant=tenant).cognito_username == "google_u-1"


def test_activated_while_it_is_tested(google: Connection, tenant: Tenant) -> None:
    """The tenant takes the provider over, and the test leaves it."""
    test, tab = begin(google), Tab()
    address = tab.travel(tab.leave(test))
    activated(google)
    apply(tenant)
    assert listing(tenant) == {AppClient.FEDERATED: ["Google"], test.purpose: ["Google"]}
    tab.come_back(address)
    assert current(test).state == ConnectionTestState.PASSED
    clean(test)
    assert provider(tenant) is not None
    assert listing(tenant) == {AppClient.FEDERATED: ["Google"]}
    assert people(tenant) == []
    assert is_over(tenant)


def test_activated_with_other_values_while_it_is_tested(google: Connection, tenant: Tenant) -> None:
    """What would come back is of another version than the test's."""
    test, tab = begin(google), Tab()
    address = tab.travel(tab.leave(test))
    change(google)
    activated(google)
    apply(tenant)
    found = provider(tenant)
    assert found is not None
    assert found.details["authorize_scopes"] == "openid email profile"
    tab.come_back(address)
    assert (current(test).state, current(test).code) == (ConnectionTestState.FAILED, "changed")
    clean(test)
    assert provider(tenant) == found


def test_activated_before_the_tenant_has_taken_it_over(google: Connection, tenant: Tenant) -> None:
    """What is in the test's record goes with the test, and the tenant makes it anew."""
    test = begin(google)
    activated(google)
    cancel_test(test)
    clean(test)
    assert provider(tenant) is None
    apply(tenant)
    assert provider(tenant) is not None
    assert listing(tenant) == {AppClient.FEDERATED: ["Google"]}


def test_activated_before_the_test_is_prepared(google: Connection, tenant: Tenant) -> None:
    """The test waits for the tenant's provider and makes none."""
    test = start_test(tenant, google.pk, session=SESSION, actor=ACTOR)
    activated(google)
    engine.run(SyncKind.POOL, tenant.pool_id)
    work(test)
    assert (provider(tenant), current(test).state) == (None, ConnectionTestState.PREPARING)
    work_tenant(tenant)
    work(test)
    assert current(test).state == ConnectionTestState.READY
    cancel_test(current(test))
    clean(test)
    assert provider(tenant) is not None


def test_deleted_while_it_is_tested(in_use: Connection, tenant: Tenant) -> None:
    """The provider goes when no client lists it any more."""
    test, tab = begin_in_use(in_use), Tab()
    address = tab.travel(tab.leave(test))
    delete_connection(tenant, in_use.pk, confirm_name=in_use.name, actor=ACTOR)
    work_tenant(tenant)
    assert listing(tenant) == {test.purpose: ["Google"]}
    assert provider(tenant) is not None
    assert tab.arrive(address).status_code == 404
    clean(test)
    work_tenant(tenant)
    assert provider(tenant) is None
    assert is_over(tenant)


def test_the_next_of_its_kind_waits_for_the_one_before(in_use: Connection, tenant: Tenant) -> None:
    """Whose provider is still being deleted."""
    delete_connection(tenant, in_use.pk, confirm_name=in_use.name, actor=ACTOR)
    second = google_connection(tenant, name="Other Google", secret=CLIENT_SECRET)
    test = begin(second)
    assert test.state == ConnectionTestState.PREPARING
    work_tenant(tenant)
    assert provider(tenant) is None
    work(test)
    assert current(test).state == ConnectionTestState.READY
    cancel_test(current(test))
    clean(test)
    assert provider(tenant) is None


def test_a_provider_of_somebody_else_is_left_alone(google: Connection, tenant: Tenant) -> None:
    """And it is said why the test does not go on."""
    details = {"client_id": "somebody", "authorize_scopes": "email"}
    theirs = IdentityProvider("Google", "Google", details, SecretStr("theirs"), {"email": "email"})
    identity_providers.create(pool_ref(tenant.pool), theirs, priority=PRIORITY)
    test = begin(google)
    assert (test.state, test.code) == (ConnectionTestState.FAILED, "not_accepted_by_cognito")
    assert "did not make" in test.detail
    clean(test)
    found = provider(tenant)
    assert found is not None
    assert found.details["client_id"] == "somebody"
    assert is_over(tenant)


def test_what_cognito_does_not_take_of_one_in_use(in_use: Connection, tenant: Tenant, cognito: LocalCognito) -> None:
    """Is said of the test, too, which waits for the provider."""
    change(in_use)
    cognito.fault("UpdateIdentityProvider", "access_denied")
    test = start_test(tenant, in_use.pk, session=SESSION, actor=ACTOR)
    work_tenant(tenant)
    work(test)
    assert (current(test).state, current(test).code) == (ConnectionTestState.FAILED, "not_accepted_by_cognito")
    clean(test)
    assert provider(tenant) is not None


@pytest.mark.parametrize("operation", ["CreateIdentityProvider", "CreateUserPoolClient"])
def test_a_lost_answer(google: Connection, tenant: Tenant, cognito: LocalCognito, operation: str) -> None:
    """Of a provider that nobody saw being made: it is the test's all the same, and goes with it."""
    cognito.fault(operation, "timeout_after")
    test = begin(google)

    def is_ready() -> bool:
        work(test)
        return current(test).state == ConnectionTestState.READY

    eventually(is_ready)
    cancel_test(current(test))
    clean(test)
    assert provider(tenant) is None
    assert is_over(tenant)


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
