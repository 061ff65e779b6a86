"""Who may open a test of a connection, how often, and how many there are at a time."""

import pytest
from django.utils import timezone

from federation.models import (
    Connection,
    ConnectionTest,
    ConnectionTestState,
)
from federation.services import connection_test_rules, connection_tests
from federation.services.connection_test_visits import issue_ticket
from federation.services.connection_tests import close_overdue, start_test
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import PoolKind, Tenant
from tests.federation.conftest import MakeTenant
from tests.federation.signin.trying_out.drafts import draft
from tests.federation.trying_out import SESSION, Tab, begin, clean, current, work
from tests.support.connections import ACTOR, oidc_connection
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_state_is_good_once(connection: Connection, tenant: Tenant) -> None:
    """And in no other browser."""
    test, tab = begin(connection), Tab()
    address = tab.travel(tab.leave(test))
    assert Tab().arrive(address).status_code == 404
    assert current(test).state == ConnectionTestState.WAITING
    tab.come_back(address)
    finished = current(test)
    assert finished.state == ConnectionTestState.PASSED
    assert tab.arrive(address).status_code == 404
    assert current(test).finished_at == finished.finished_at
    assert not current(test).verifier_encrypted


def test_a_ticket_is_good_once_and_soon(connection: Connection) -> None:
    """And opens nothing but its own test."""
    test = begin(connection)
    ticket = issue_ticket(test, session=SESSION)
    tab = Tab()
    assert tab.get(f"/federation/test/{test.pk}?ticket={ticket}x").status_code == 404
    assert tab.get(f"/federation/test/{test.pk}").status_code == 404
    assert tab.get(f"/federation/test/{test.pk}?ticket={ticket}").status_code == 302
    assert tab.get(f"/federation/test/{test.pk}?ticket={ticket}").status_code == 404
    late = issue_ticket(current(test), session=SESSION)
    ConnectionTest.objects.update(ticket_until=timezone.now())
    assert tab.get(f"/federation/test/{test.pk}?ticket={late}").status_code == 404


def test_opened_anew_the_first_way_back_is_closed(connection: Connection) -> None:
    """A second tab takes the test over."""
    test, tab, other = begin(connection), Tab(), Tab()
    first = tab.travel(tab.leave(test))
    second = other.travel(other.leave(test))
    assert tab.arrive(first).status_code == 404
    other.come_back(second)
    assert current(test).state == ConnectionTestState.PASSED


def test_another_session_cannot_open_it(connection: Connection) -> None:
    """Not even one of the same tenant, and not before it is ready."""
    test = start_test(connection.tenant, connection.pk, session=SESSION, actor=ACTOR)
    with pytest.raises(Conflict, match="not ready"):
        issue_ticket(test, session=SESSION)
    work(test)
    with pytest.raises(Conflict, match="another browser session"):
        issue_ticket(current(test), session="another")


def test_another_tenant_cannot_begin_it(connection: Connection, make_tenant: MakeTenant) -> None:
    """And its own test is not in the way of this one's."""
    other = make_tenant("initech", PoolKind.SHARED, beside=connection.tenant)
    with pytest.raises(NotFound):
        start_test(other, connection.pk, session=SESSION, actor=ACTOR)
    theirs = oidc_connection(other)
    start_test(other, theirs.pk, session=SESSION, actor=ACTOR)
    assert begin(connection).state == ConnectionTestState.READY


def test_one_at_a_time(connection: Connection, saml_draft: Connection) -> None:
    """Of a tenant; one that is overdue is in nobody's way but for its cleaning up."""
    test = begin(connection)
    with pytest.raises(Conflict, match="under way"):
        start_test(saml_draft.tenant, saml_draft.pk, session=SESSION, actor=ACTOR)
    ConnectionTest.objects.update(expires_at=timezone.now())
    assert close_overdue(connection.tenant) == 1
    clean(test)
    assert begin(saml_draft).state == ConnectionTestState.READY


def test_limits(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many an hour; and never in the places that are reserved for connections."""
    monkeypatch.setattr(connection_test_rules, "IDENTITY_PROVIDERS_PER_POOL", 2)
    with pytest.raises(Conflict, match="no room"):
        begin(connection)
    monkeypatch.setattr(connection_test_rules, "IDENTITY_PROVIDERS_PER_POOL", 3)
    test = begin(connection)
    connection_tests.cancel_test(test)
    clean(test)
    monkeypatch.setattr(connection_test_rules, "MOST_AN_HOUR", 1)
    with pytest.raises(connection_test_rules.TooManyTests):
        begin(connection)


def test_an_incomplete_connection_is_not_tested(tenant: Tenant, idp: OidcIdp) -> None:
    """It is said what is missing."""
    made = draft(tenant, idp, secret="")
    with pytest.raises(ValidationFailed) as caught:
        begin(made)
    assert "client_secret" in caught.value.fields
