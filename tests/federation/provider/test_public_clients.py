"""Public clients: no secret, PKCE all the same, refresh tokens that rotate, and loopback addresses with any port."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from federation.models import AuthorizationRequest, TokenFamily
from federation.signin import bookmarks
from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.support.connections import activated, saml_connection

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

LISTENING = "http://127.0.0.1:49152/callback"


@pytest.fixture
def native(acme: Tenant) -> Application:
    """A native application of acme's: public, at a loopback address and at one of its own."""
    made: Application = ApplicationFactory.create(
        name="Harbor CLI",
        is_public=True,
        secret_hash="",
        redirect_uris=["http://127.0.0.1/callback", "https://harbor.example/callback"],
    )
    TenantApplication.objects.create(tenant=acme, application=made)
    return made


@pytest.fixture
def person(native: Application, ann: DirectoryUser) -> Browser:
    """Ann's browser at the native application, with a session at acme."""
    browser = Browser(native)
    browser.hold_session(ann)
    return browser


def code_at(person: Browser, redirect_uri: str = LISTENING) -> str:
    """Go through the page that names the application, to the code."""
    person.authorize(organization="acme", redirect_uri=redirect_uri)
    assert "Harbor CLI" in person.text
    assert "ann@acme.example" in person.text
    person.submit()
    assert person.page["Location"].startswith(f"{redirect_uri}?code=")
    return str(person.page["Location"].partition("code=")[2].partition("&")[0])


def redeemed(person: Browser, **changed: str | None) -> Any:
    """What the token endpoint answers to a code of the native application's."""
    code = code_at(person)
    return person.exchange(code, **{"client_secret": None, "redirect_uri": LISTENING, **changed})


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_a_public_client_has_no_secret_that_would_do(person: Browser) -> None:
    code = code_at(person)
    for wrong in (SECRET, "x"):
        refused = person.exchange(code, client_secret=wrong, redirect_uri=LISTENING)
        assert error(refused) == (401, "invalid_client")
    assert person.exchange(code, client_secret=None, redirect_uri=LISTENING).status_code == 200


def test_pkce_is_what_binds_its_codes(person: Browser) -> None:
    code = code_at(person)
    for verifier in ("x" * 43, None):
        refused = person.exchange(code, client_secret=None, redirect_uri=LISTENING, code_verifier=verifier)
        assert refused.status_code == 400
    assert person.exchange(code, client_secret=None, redirect_uri=LISTENING).status_code == 200


def test_the_token_request_repeats_the_port(person: Browser) -> None:
    refused = redeemed(person, redirect_uri="http://127.0.0.1:49153/callback")
    assert error(refused) == (400, "invalid_grant")


def test_a_refresh_token_used_twice_ends_the_family(person: Browser) -> None:
    first = json_of(redeemed(person))["refresh_token"]
    second = json_of(person.refresh(first, client_secret=None))["refresh_token"]
    assert error(person.refresh(first, client_secret=None)) == (400, "invalid_grant")
    assert error(person.refresh(second, client_secret=None)) == (400, "invalid_grant")
    assert TokenFamily.objects.get().revoked_at is not None


def test_it_revokes_its_tokens_and_may_not_ask_about_any(person: Browser, native: Application) -> None:
    token = json_of(redeemed(person))["refresh_token"]
    sent = {"token": token, "client_id": native.client_id}
    assert error(Client().post("/oauth2/introspect", sent)) == (401, "invalid_client")
    assert Client().post("/oauth2/revoke", sent).status_code == 200
    assert TokenFamily.objects.get().revoked_at is not None


def test_a_confidential_client_cannot_come_as_a_public_one(browser: Browser, assigned: Application) -> None:
    browser.authorize(organization="acme")
    refused = browser.exchange(browser.answer()["code"], client_secret=None)
    assert error(refused) == (401, "invalid_client")
    pushed = Client().post("/oauth2/par", browser.parameters())
    assert error(pushed) == (401, "invalid_client")


def test_a_public_client_may_push_its_request(person: Browser) -> None:
    pushed = Client().post("/oauth2/par", person.parameters(organization="acme", redirect_uri=LISTENING))
    assert pushed.status_code == 201


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:49152/other",
        "http://localhost:49152/callback",
        "http://127.0.0.1:49152@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:/callback",
        "https://127.0.0.1:49152/callback",
        "https://harbor.example:8443/callback",
    ],
)
def test_only_the_port_may_differ(person: Browser, address: str) -> None:
    page = person.authorize(organization="acme", redirect_uri=address)
    assert page.status_code == 400
    assert "Location" not in page


def test_ports_of_confidential_clients_are_compared(browser: Browser, assigned: Application) -> None:
    assigned.redirect_uris = ["http://127.0.0.1/callback"]
    assigned.save()
    assert browser.authorize(organization="acme", redirect_uri=LISTENING).status_code == 400


# Who listens on a loopback address is not known (RFC 8252 section 8.6).


def test_nobody_listens_unseen(person: Browser) -> None:
    person.authorize(organization="acme", redirect_uri=LISTENING, prompt="none")
    assert person.page["Location"].startswith(f"{LISTENING}?error=interaction_required")


@pytest.mark.parametrize("address", ["https://127.0.0.1/callback", "http://LOCALHOST:8400/cb"])
def test_nor_where_it_is_spelled_in_another_way(person: Browser, native: Application, address: str) -> None:
    Application.objects.filter(pk=native.pk).update(redirect_uris=[address])
    person.authorize(organization="acme", redirect_uri=address, prompt="none")
    assert person.page["Location"].startswith(f"{address}?error=interaction_required")


def test_nor_who_comes_by_a_bookmark(native: Application, acme: Tenant) -> None:
    """An identity provider may sign somebody in without a page."""
    connection = activated(saml_connection(acme))
    browser, kept = Browser(native), HttpResponse()
    bookmarks.remember(kept, bookmarks.Bookmark(acme, connection, native))
    browser.client.cookies.update(kept.cookies)
    browser.authorize(redirect_uri=LISTENING)
    assert browser.address.startswith("/acme/sign-in?request=")


def test_at_an_address_of_its_own_a_session_answers_at_once(person: Browser) -> None:
    person.authorize(organization="acme", redirect_uri="https://harbor.example/callback")
    assert person.page["Location"].startswith("https://harbor.example/callback?code=")


def test_the_page_does_not_let_in_who_has_to_sign_in(person: Browser, acme: Tenant) -> None:
    """Somebody who must sign in anew is sent there, whichever address is typed."""
    person.authorize(organization="acme", redirect_uri=LISTENING, prompt="login")
    request = AuthorizationRequest.objects.get()
    answer = person.client.get(f"/acme/sign-in/confirm?request={request.pk}")
    assert answer["Location"].startswith("/acme/sign-in?")


def test_the_page_is_good_once(person: Browser) -> None:
    person.authorize(organization="acme", redirect_uri=LISTENING)
    address, token = person.address, person.hidden()
    person.submit()
    assert person.client.post(address, token).status_code == 404


# Applications that run in a browser.


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/oauth2/jwks"])
def test_pages_of_any_origin_may_read_what_is_public(path: str) -> None:
    assert Client().get(path)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke"])
def test_pages_of_public_clients_may_call(path: str, person: Browser, assigned: Application) -> None:
    known = {"Origin": "https://harbor.example"}
    preflight = Client().options(path, headers=known)
    assert preflight.status_code == 204
    assert "Authorization" in preflight["Access-Control-Allow-Headers"]
    for answer in (preflight, Client().post(path, headers=known)):
        assert answer["Access-Control-Allow-Origin"] == "https://harbor.example"
        assert "Access-Control-Allow-Credentials" not in answer
    # Nor those of a confidential one, which has no reason to call from a browser.
    for other in ("https://attacker.example", "https://app.example", "null"):
        foreign = {"Origin": other}
        for answer in (Client().options(path, headers=foreign), Client().post(path, headers=foreign)):
            assert "Access-Control-Allow-Origin" not in answer
            assert answer["Vary"].startswith("Origin")


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/oauth2/introspect", "/oauth2/logout"])
def test_everything_else_is_for_no_page_of_others(path: str, person: Browser) -> None:
    assert "Access-Control-Allow-Origin" not in Client().get(path, headers={"Origin": "https://harbor.example"})
