"""The authorization endpoint."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from django.utils import timezone

from federation.models import BrowserSession
from identity.models import DirectoryUser
from tenants.models import Application, TenantApplication
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.mark.parametrize(
    "more",
    [
        {"display": "page"},
        {"display": "popup"},
        {"login_hint": "ann@acme.example"},
        {"ui_locales": "se de-CH"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"max_age": "10000"},
        {"extra": "foobar"},
        {"claims": '{"userinfo": {"name": {"essential": true}}}'},
        {"scope": "email openid"},
        {"scope": "openid profile email address phone"},
        {"state": "s" * 128},
        {"response_mode": "query"},
        # Without a value is as if it were not there (RFC 6749 section 3.1).
        {"prompt": "", "max_age": "", "request": "", "request_uri": "", "id_token_hint": "", "response_mode": ""},
    ],
)
def test_what_need_not_be_understood_does_no_harm(browser: Browser, more: dict[str, str]) -> None:
    """oidcc-display-*, -login-hint, -ui-locales, -claims-locales, -scope-*, -claims-essential and their like."""
    browser.authorize(organization="acme", **more)
    answer = browser.answer()
    assert set(answer) == {"code", "state", "iss"}
    assert answer["state"] == more.get("state", browser.state)
    assert browser.exchange(answer["code"]).status_code == 200


def test_a_hint_at_somebody_without_a_session_is_no_error(browser: Browser) -> None:
    """oidcc-login-hint names whom nobody knows: the page that asks may be shown, and whoever signs in goes on."""
    page = browser.authorize(organization="acme", login_hint="bob@acme.example")
    assert page.status_code == 200
    assert 'value="bob@acme.example"' in browser.text


def test_it_has_to_be_said_what_is_asked_for(browser: Browser) -> None:
    """oidcc-response-type-missing; RFC 6749 section 4.1.2.1 tells that from a response type that is not offered."""
    for changed in ({"response_type": None}, {"response_type": ""}):
        browser.authorize(organization="acme", **changed)
        answer = browser.answer()
        assert (answer["error"], answer["state"], answer["iss"]) == ("invalid_request", browser.state, issuer())
    page = browser.authorize(response_type=None, redirect_uri="https://attacker.example/")
    assert (page.status_code, "Location" in page) == (400, False)


@pytest.mark.parametrize("name", ["nonce", "scope", "code_challenge", "prompt", "unknown"])
def test_a_repeated_parameter_is_told_to_the_application(browser: Browser, name: str) -> None:
    """RFC 6749 section 4.1.2.1: everything but a doubtful address or client is."""
    pairs = [*browser.parameters(organization="acme").items(), (name, "one"), (name, "two")]
    page: Any = browser.client.get(f"/oauth2/authorize?{urlencode(pairs)}")
    answer = dict(parse_qsl(urlsplit(page["Location"]).query))
    assert page["Location"].startswith(f"{browser.application.redirect_uris[0]}?")
    assert (answer["error"], answer["state"], answer["iss"]) == ("invalid_request", browser.state, issuer())
    stranger = [*browser.parameters(redirect_uri="https://attacker.example/").items(), (name, "one"), (name, "two")]
    assert "Location" not in browser.client.get(f"/oauth2/authorize?{urlencode(stranger)}")


@pytest.mark.parametrize(("asked", "has"), [({}, "code"), ({"prompt": "none", "max_age": "0"}, "error")])
def test_a_redirect_uri_keeps_its_query(
    browser: Browser, assigned: Application, asked: dict[str, str], has: str
) -> None:
    """oidcc-redirect-uri-query-OK; RFC 6749 section 3.1.2."""
    assigned.redirect_uris = ["https://app.example/callback?foo=bar&empty="]
    assigned.save(update_fields=["redirect_uris"])
    browser.authorize(organization="acme", **asked)
    query = parse_qsl(urlsplit(browser.page["Location"]).query, keep_blank_values=True)
    assert query[:2] == [("foo", "bar"), ("empty", "")]
    assert {has, "state", "iss"} <= {name for name, _value in query}
    for wrong in ("https://app.example/callback", "https://app.example/callback?foo=bar&empty=&more=1"):
        assert "Location" not in browser.authorize(organization="acme", redirect_uri=wrong)


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "1"}])
def test_who_signs_in_again_did_so_later(
    make_tenant: MakeTenant, make_user: MakeUser, application: Application, asked: dict[str, str]
) -> None:
    """oidcc-prompt-login, oidcc-max-age-1, oidcc-max-age-10000: `auth_time` says which of two sign-ins it was."""
    user = make_user(make_tenant("acme"), "ann@acme.example")
    TenantApplication.objects.create(tenant=user.tenant, application=application)
    browser = Browser(application)

    def claims() -> dict[str, Any]:
        found = json_of(browser.exchange(browser.answer()["code"]))["id_token"]
        told: dict[str, Any] = jwt.decode(found, options={"verify_signature": False})
        return told

    browser.sign_in(user.email, PASSWORD, organization="acme")
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(seconds=5))
    first = claims()
    browser.sign_in(user.email, PASSWORD, organization="acme", nonce="second", **asked)
    second = claims()
    assert second["auth_time"] >= first["auth_time"] + 4
    browser.authorize(organization="acme", nonce="third", max_age="10000")
    third = claims()
    assert third["auth_time"] == second["auth_time"]
    assert first["sub"] == second["sub"] == third["sub"]


def test_nobody_is_asked_whose_session_is_the_only_one(
    browser: Browser, assigned: Application, ann: DirectoryUser
) -> None:
    """oidcc-prompt-none-logged-in, of a client that names no organization; Core section 3.1.2.6 for the others."""
    first = jwt.decode(browser.tokens_from_session()["id_token"], options={"verify_signature": False})
    browser.authorize(prompt="none", nonce="second")
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    second = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert [second[name] for name in ("sub", "auth_time", "sid")] == [
        first[name] for name in ("sub", "auth_time", "sid")
    ]
    # What holds for a session that is named holds for it.
    browser.authorize(prompt="none", max_age="0", nonce="third")
    assert browser.answer()["error"] == "login_required"
    # A tenant without the application is none of two.
    elsewhere = DirectoryUserFactory.create(tenant=TenantFactory.create(slug="globex"))
    browser.hold_session(elsewhere)
    browser.authorize(prompt="none", nonce="fourth")
    assert "code" in browser.answer()
    TenantApplication.objects.create(tenant=elsewhere.tenant, application=assigned)
    browser.authorize(prompt="none", nonce="fifth")
    assert browser.answer()["error"] == "account_selection_required"
    browser.authorize(prompt="none", nonce="sixth", id_token_hint=tokens["id_token"])
    assert "code" in browser.answer()
    BrowserSession.objects.filter(user=elsewhere).update(ended_at=timezone.now())
    browser.authorize(prompt="none", nonce="seventh")
    assert "code" in browser.answer()
