"""Signed requests, encrypted assertions and single logout, from our pages through Cognito to the provider and back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from federation.metadata.certificates import body
from federation.models import BrowserSession, Connection, ConnectionTestState
from federation.selectors.service_provider import our_keys
from federation.services.connection_switches import Switches, save_switches
from identity.sync import engine
from local.idp.saml_requests import check_signature
from tenants.models import Application, Cell, PoolKind, SyncKind, Tenant, TenantApplication
from tests.federation.arrivals import Traveller, apply, connect_saml
from tests.federation.browser import json_of
from tests.federation.conftest import MakeTenant
from tests.federation.trying_out import Tab, begin, current
from tests.support.connections import ACTOR
from tests.support.saml_idp import SLO_URL, SamlIdp
from tests.support.sync import make_due

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def idp() -> SamlIdp:
    """A SAML identity provider with an address for signing out."""
    return SamlIdp(slo_url=SLO_URL)


@pytest.fixture
def tenant(local_cell: Cell, make_tenant: MakeTenant, application: Application) -> Tenant:
    """A tenant of a shared pool that may use the application."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    made = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=made, application=application)
    return made


@pytest.fixture
def connection(tenant: Tenant, idp: SamlIdp) -> Connection:
    """An active connection to it, with all switches off."""
    return connect_saml(tenant, idp)


@pytest.fixture
def ada(application: Application) -> Traveller:
    """Ada's browser, as far as our own pages go."""
    return Traveller(application)


@pytest.fixture
def outside() -> Iterator[httpx.Client]:
    """Ada's browser everywhere else: it has Cognito's cookies."""
    with httpx.Client(timeout=30, follow_redirects=False) as client:
        yield client


def switch(connection: Connection, **on: bool) -> None:
    """Set the switches, and let Cognito and our knowledge of its certificates follow."""
    off = {"sign_requests": False, "encrypt_assertions": False, "sign_out_there": False}
    save_switches(connection.tenant, connection.pk, Switches(**{**off, **on}), actor=ACTOR)
    apply(connection.tenant)
    make_due()
    engine.run(SyncKind.CERTIFICATES, connection.pk)


def come_by(
    ada: Traveller, outside: httpx.Client, connection: Connection, idp: SamlIdp, **signing: Any
) -> httpx.Response:
    """Ada signs in; the provider answers what it was asked, and Cognito answers her browser."""
    asked = idp.asked(outside.get(ada.leave(connection.tenant, connection)).headers["location"])
    form = idp.form(idp.signed(idp.answer(asked), **signing), asked.relay_state)
    answer = outside.post(asked.acs, data=form)
    ada.arrive(answer.headers["location"])
    return answer


def test_requests_are_signed_with_the_certificate_that_is_offered(
    connection: Connection, idp: SamlIdp, ada: Traveller, outside: httpx.Client
) -> None:
    address = ada.leave(connection.tenant, connection)
    assert not idp.asked(outside.get(address).headers["location"]).signed
    switch(connection, sign_requests=True)
    address = outside.get(ada.leave(connection.tenant, connection)).headers["location"]
    assert idp.asked(address).signed
    keys = our_keys(connection)
    assert keys.signing is not None
    check_signature(address, body(keys.signing))


def test_assertions_are_encrypted_for_the_certificate_that_is_offered(
    connection: Connection, idp: SamlIdp, ada: Traveller, outside: httpx.Client
) -> None:
    """And what is in clear is refused from then on."""
    switch(connection, encrypt_assertions=True)
    keys = our_keys(connection)
    assert keys.encryption is not None
    come_by(ada, outside, connection, idp, encrypt_for=body(keys.encryption))
    assert ada.exchange(ada.answer()["code"]).status_code == 200
    other = Traveller(ada.application)
    come_by(other, outside, connection, idp)
    assert other.page.status_code == 403


def test_a_test_runs_without_encryption(connection: Connection, idp: SamlIdp, outside: httpx.Client) -> None:
    """The provider of a test has a key pair of its own in Cognito; signed requests it sends like the other."""
    switch(connection, sign_requests=True, encrypt_assertions=True, sign_out_there=True)
    tab, test = Tab(), begin(connection)
    address = tab.leave(test)
    assert idp.asked(outside.get(address).headers["location"]).signed
    tab.come_back(tab.answer_saml(address, idp))
    assert current(test).state == ConnectionTestState.PASSED


def sign_out(ada: Traveller, hint: str) -> str:
    """Ada signs out of the application; returns where that leads outside of our pages."""
    query = f"id_token_hint={hint}&post_logout_redirect_uri=https://app.example/&state=s"
    ada.get(f"/oauth2/logout?{query}")
    if ada.page.status_code == 303:
        return ada.page["Location"]
    assert 'http-equiv="refresh"' in ada.text
    ada.get("/federation/signed-out")
    return ada.page["Location"]


def test_signing_out_goes_on_at_the_provider(
    connection: Connection, idp: SamlIdp, ada: Traveller, outside: httpx.Client
) -> None:
    switch(connection, sign_out_there=True)
    come_by(ada, outside, connection, idp)
    tokens = json_of(ada.exchange(ada.answer()["code"]))
    assert BrowserSession.objects.get().connection == connection
    to_cognito = sign_out(ada, tokens["id_token"])
    assert BrowserSession.objects.get().ended_at is not None
    to_provider = outside.get(to_cognito).headers["location"]
    keys = our_keys(connection)
    assert keys.signing is not None
    asked = idp.asked_to_end(to_provider, body(keys.signing))
    assert asked.name_id == idp.name_id
    parts = urlsplit(to_cognito)
    ended = idp.ended(asked, f"{parts.scheme}://{parts.netloc}/saml2/logout")
    back = outside.post(f"{parts.scheme}://{parts.netloc}/saml2/logout", data=ended).headers["location"]
    assert back == parse_qs(parts.query)["logout_uri"][0]
    ada.get(urlsplit(back).path)
    assert ada.page["Location"] == "https://app.example/?state=s"
    # What was to bring her there is used up.
    ada.get("/federation/signed-out")
    assert "You are signed out" in ada.text


def test_without_the_switch_signing_out_ends_here(
    connection: Connection, idp: SamlIdp, ada: Traveller, outside: httpx.Client
) -> None:
    """Also while Cognito has not followed: it would show an error page of its own."""
    come_by(ada, outside, connection, idp)
    tokens = json_of(ada.exchange(ada.answer()["code"]))
    on = Switches(sign_requests=False, encrypt_assertions=False, sign_out_there=True)
    save_switches(connection.tenant, connection.pk, on, actor=ACTOR)
    assert sign_out(ada, tokens["id_token"]) == "https://app.example/?state=s"


def test_where_it_leads_in_the_end_cannot_be_made_up(ada: Traveller) -> None:
    ada.client.cookies["lifeguard_leaving"] = "eyJ0byI6Imh0dHBzOi8vZXZpbC5leGFtcGxlLyJ9:1:x"
    ada.get("/federation/signed-out?to=https://evil.example/")
    assert ada.page.status_code == 200
    assert "evil.example" not in ada.text
