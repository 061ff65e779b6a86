"""Tests of social connections, whose provider a pool has one of: by which they go, and whose its people are."""

import pytest
from pydantic import SecretStr

from federation.models import Connection, ConnectionTestState
from federation.services.connection_tests import cancel_test, start_test
from identity.cells import pool_ref
from identity.cognito import identity_providers
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, DirectoryUser, UnmanagedResource
from identity.sync.inventory import take
from tenants.models import Application, Tenant, TenantApplication
from tests.federation.arrivals import Traveller
from tests.federation.social import (
    begin_in_use,
    change,
    google,
    idp,
    in_use,
    is_over,
    listing,
    people,
    provider,
    tenant,
    work_tenant,
)
from tests.federation.trying_out import SESSION, Tab, begin, clean, current, work
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp
from tests.support.sync import PRIORITY

__all__ = ["google", "idp", "in_use", "tenant"]
pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def traveller(tenant: Tenant, application: Application) -> Traveller:
    """Somebody who signs in by the connection itself."""
    TenantApplication.objects.create(tenant=tenant, application=application)
    return Traveller(application)


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
