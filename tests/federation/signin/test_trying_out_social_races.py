"""Tests of social connections while something else happens to them: whose the one provider is at which moment."""

import pytest

from federation.models import Connection, ConnectionTestState
from federation.services.connection_states import delete_connection
from federation.services.connection_tests import cancel_test, start_test
from identity.models import AppClient
from identity.sync import engine
from tenants.models import SyncKind, Tenant
from tests.federation.arrivals import apply
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
from tests.support.connections import ACTOR, activated, google_connection
from tests.support.oidc_idp import CLIENT_SECRET
from tests.support.waiting import eventually

__all__ = ["google", "idp", "in_use", "tenant"]
pytestmark = pytest.mark.urls("config.urls.signin")


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
