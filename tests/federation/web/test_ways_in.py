"""A user's page and the REST API say by which connections somebody comes, and let one be taken away."""

import pytest
from django.test import Client
from django.urls import reverse

from federation.models import Connection, FederatedIdentity
from identity.models import DirectoryUser
from tests.factories import Cast, TenantCast
from tests.federation.linking import arrive, prove, rule
from tests.identity.api.test_api import Call, assert_problem, call
from tests.support.connections import saml_connection

__all__ = ["call"]


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """Its connection."""
    prove(acme.tenant)
    return rule(saml_connection(acme.tenant), "people")


@pytest.fixture
def linked(acme: TenantCast, connection: Connection) -> DirectoryUser:
    """Somebody with a password who came by it, and of whom it says another address."""
    arrive(connection, email=acme.outsider.email)
    FederatedIdentity.objects.update(claims={"email": "countess@acme.example"})
    return acme.outsider


def browser_of(user: DirectoryUser) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(TenantCast.account_of(user))
    return client


def page_of(client: Client, user: DirectoryUser) -> str:
    """What somebody reads on a user's page."""
    return client.get(reverse("tenant:user", args=["acme", user.pk])).content.decode()


def change(client: Client, name: str, user: DirectoryUser, connection: Connection) -> int:
    """Press a button; returns the status."""
    return client.post(reverse(f"tenant:{name}", args=["acme", user.pk, connection.pk])).status_code


def test_an_admin_disconnects_and_lets_it_be_connected_again(
    acme: TenantCast, connection: Connection, linked: DirectoryUser
) -> None:
    """And an auditor only reads. Somebody who never came by a connection has nothing of it on their page."""
    admin, auditor = browser_of(acme.admin), browser_of(acme.auditor)
    page = page_of(admin, linked)
    for said in ("Single sign-on", "Okta", "u-1", "countess@acme.example", "Connected", "Disconnect"):
        assert said in page
    assert "Disconnect<" not in page_of(auditor, linked)
    assert change(auditor, "user-disconnect", linked, connection) == 403
    assert change(admin, "user-disconnect", linked, connection) == 302
    assert "Let it be connected again" in page_of(admin, linked)
    assert change(admin, "user-disconnect", linked, connection) == 404
    assert change(admin, "user-allow-again", linked, connection) == 302
    assert "Single sign-on</h2>" not in page_of(admin, linked)


def test_who_got_a_role_since_is_shown_to_be_stopped(
    acme: TenantCast, connection: Connection, linked: DirectoryUser
) -> None:
    """Until the connection may stand for people with one."""
    owner = browser_of(acme.owner)
    assert "because of the role" not in page_of(owner, linked)
    DirectoryUser.objects.filter(pk=linked.pk).update(role="auditor")
    assert "because of the role" in page_of(owner, linked)
    rule(connection, "team")
    assert "because of the role" not in page_of(owner, linked)


def test_the_only_way_in_has_no_button(acme: TenantCast, connection: Connection) -> None:
    """And is not taken away by a request that nobody offered."""
    only = arrive(connection, email="new@acme.example")
    admin = browser_of(acme.admin)
    page = page_of(admin, only)
    assert "The only way in" in page
    assert reverse("tenant:user-disconnect", args=["acme", only.pk, connection.pk]) not in page
    assert change(admin, "user-disconnect", only, connection) == 409


def test_by_the_api(call: Call, acme: TenantCast, connection: Connection, linked: DirectoryUser) -> None:
    """The same, for a program."""
    (way,) = call("GET", "user-connections", linked.pk).json()["connections"]
    assert (way["connection"], way["subject"], way["email"]) == ("Okta", "u-1", "countess@acme.example")
    assert (way["only_way_in"], way["unlinked_at"]) == (False, None)
    assert call("POST", "user-disconnect", linked.pk, connection.pk).status_code == 204
    (way,) = call("GET", "user-connections", linked.pk).json()["connections"]
    assert way["unlinked_at"]
    assert_problem(call("POST", "user-disconnect", linked.pk, connection.pk), 404, "not_found")
    assert call("POST", "user-allow-again", linked.pk, connection.pk).status_code == 204
    assert call("GET", "user-connections", linked.pk).json() == {"connections": []}


def test_the_rule_is_a_part_of_the_api(call: Call, acme: TenantCast, connection: Connection) -> None:
    """Left out, nobody is connected."""
    people = {"mapping": {"email": "email"}, "jit": "on", "linking": "team"}
    assert call("PUT", "connection-people", connection.pk, body=people).json()["linking"] == "team"
    del people["linking"]
    assert call("PUT", "connection-people", connection.pk, body=people).json()["linking"] == "never"
    said = {**people, "mapping": {"email": "email", "methods": "amr"}, "mfa_trust": "claim", "mfa_values": ["hwk"]}
    changed = call("PUT", "connection-people", connection.pk, body=said).json()
    assert (changed["mfa_trust"], changed["mfa_values"], changed["mapping"]["methods"]) == ("claim", ["hwk"], "amr")
    assert call("PUT", "connection-people", connection.pk, body=people).json()["mfa_trust"] == "provider"
    wrong = {**people, "linking": "everybody"}
    assert_problem(call("PUT", "connection-people", connection.pk, body=wrong), 400, "invalid")


def test_only_an_owner_is_offered_to_connect_the_team(acme: TenantCast, connection: Connection) -> None:
    """An admin sees why not."""
    address = reverse("tenant:connection-mapping", args=["acme", connection.pk])
    owner, admin = (browser_of(each).get(address).content.decode() for each in (acme.owner, acme.admin))
    assert 'value="team"' in owner
    assert 'value="team"' not in admin
    assert "Only an owner can have people connected" in admin
    assert "Domains that you have proved: acme.example" in admin
