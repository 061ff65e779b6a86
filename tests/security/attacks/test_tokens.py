"""Each secret of the protocol at each door: only its own door takes it, and only from its own client."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from federation.provider.assertion import ASSERTION_TYPE
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

Door = Callable[[Browser, str], bool]


def _bearer(path: str, token: str) -> bool:
    response: Any = Client().get(path, headers={"Authorization": f"Bearer {token}"})
    return bool(response.status_code == 200)


def _userinfo(_browser: Browser, token: str) -> bool:
    return _bearer("/oauth2/userinfo", token)


def _our_api(_browser: Browser, token: str) -> bool:
    with override_settings(ROOT_URLCONF="config.urls.dashboard"):
        return _bearer("/api/v1/users", token)


def _code(browser: Browser, token: str) -> bool:
    return browser.exchange(token).status_code == 200


def _refresh(browser: Browser, token: str) -> bool:
    return browser.refresh(token).status_code == 200


def _introspection(browser: Browser, token: str) -> bool:
    sent = {"token": token, "client_id": browser.application.client_id, "client_secret": SECRET}
    answer: Any = Client().post("/oauth2/introspect", sent)
    return bool(answer.json()["active"])


def _hint(browser: Browser, token: str) -> bool:
    """Not refused as a hint: an error that says so comes back otherwise."""
    browser.authorize(organization="acme", prompt="none", nonce=f"n{len(token)}{token[-6:]}", id_token_hint=token)
    return "code" in browser.answer()


def _logout(browser: Browser, token: str) -> bool:
    """Not asked whether to sign out, as everybody is whose hint is none. Tried last: it may end the session."""
    browser.client.cookies.clear()
    client = browser.application.client_id
    return "Sign out?" not in browser.get(f"/oauth2/logout?client_id={client}&id_token_hint={token}").content.decode()


def _assertion(browser: Browser, token: str) -> bool:
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token, "client_secret": None}
    return browser.refresh("anything", **proof).status_code == 200


def _request_uri(browser: Browser, token: str) -> bool:
    response: Any = browser.client.get(
        "/oauth2/authorize", {"client_id": browser.application.client_id, "request_uri": token}
    )
    return bool(response.status_code in {302, 303})


# In the order in which they are tried: those that change nothing first.
DOORS: dict[str, Door] = {
    "userinfo": _userinfo,
    "our API": _our_api,
    "introspection": _introspection,
    "hint": _hint,
    "assertion": _assertion,
    "request_uri": _request_uri,
    "refresh": _refresh,
    "code": _code,
    "logout": _logout,
}
TAKEN = {
    "access_token": {"userinfo", "introspection"},
    "refresh_token": {"introspection", "refresh"},
    "id_token": {"hint", "logout"},
    "code": {"code"},
    "request_uri": {"request_uri"},
}


def secrets_of(browser: Browser) -> dict[str, str]:
    """One of each kind, unused."""
    tokens = browser.tokens_from_session(nonce="for tokens")
    pushed: Any = Client().post(
        "/oauth2/par", browser.parameters(organization="acme", nonce="pushed", client_secret=SECRET)
    )
    browser.authorize(organization="acme", nonce="for a code")
    return {
        **{kind: tokens[kind] for kind in ("access_token", "refresh_token", "id_token")},
        "request_uri": pushed.json()["request_uri"],
        "code": browser.answer()["code"],
    }


@pytest.mark.parametrize("kind", TAKEN)
def test_a_secret_opens_its_own_door_alone(browser: Browser, kind: str) -> None:
    secret = secrets_of(browser)[kind]
    assert {door for door, opens in DOORS.items() if opens(browser, secret)} == TAKEN[kind]


@pytest.mark.parametrize("kind", TAKEN)
def test_what_one_application_got_is_worth_nothing_to_another(browser: Browser, acme: Tenant, kind: str) -> None:
    """Only a bearer of an access token is not asked who they are; its audience is the one application's API."""
    secret = secrets_of(browser)[kind]
    other: Application = ApplicationFactory.create(name="Other", redirect_uris=browser.application.redirect_uris)
    TenantApplication.objects.create(tenant=acme, application=other)
    thief = Browser(other)
    thief.client, thief.verifier = browser.client, browser.verifier
    assert {door for door, opens in DOORS.items() if opens(thief, secret)} <= {"userinfo"}


def test_a_challenge_is_no_verifier(browser: Browser) -> None:
    """PKCE by `plain`, at the second step: whoever saw the request would have what the code needs (section 4.8)."""
    parameters = browser.parameters(organization="acme")
    browser.authorize(organization="acme")
    code = browser.answer()["code"]
    for verifier in (parameters["code_challenge"], None, "", f"{browser.verifier}x", browser.verifier[:-1]):
        assert browser.exchange(code, code_verifier=verifier).status_code == 400
    assert browser.exchange(code).status_code == 200


_DOWNGRADES: list[dict[str, str | None]] = [
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge": None},
    {"code_challenge": ""},
    {"code_challenge_method": None},
    {"code_challenge_method": "plain"},
    {"code_challenge_method": "s256"},
    {"code_challenge_method": "none"},
]


@pytest.mark.parametrize("way", ["get", "post", "push"])
def test_no_way_in_goes_without_pkce(browser: Browser, way: str) -> None:
    for changed in _DOWNGRADES:
        asked = browser.parameters(organization="acme", **changed)
        if way == "push":
            told: Any = Client().post("/oauth2/par", {**asked, "client_secret": SECRET})
            assert told.json()["error"] == "invalid_request", changed
            continue
        answer: Any = getattr(browser.client, way)("/oauth2/authorize", asked)
        followed: Any = browser.client.get(answer["Location"]) if way == "post" else answer
        browser.page = followed
        assert browser.answer()["error"] == "invalid_request", changed


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_every_answer_says_whose_it_is(browser: Browser, mode: str) -> None:
    """Code or error: otherwise a client of several providers brings one's answer to another (section 4.4, mix-up)."""
    document: Any = Client().get("/.well-known/openid-configuration")
    asked: list[dict[str, str]] = [{}, {"prompt": "none", "organization": "nobodys"}, {"scope": "none"}]
    for more in asked:
        browser.authorize(**{"organization": "acme", "response_mode": mode, "nonce": f"{more}", **more})
        answer = browser.hidden() if mode == "form_post" else browser.answer()
        assert answer["iss"] == document.json()["issuer"]
        assert answer["state"] == browser.state
        assert ("error" in answer) is bool(more)
