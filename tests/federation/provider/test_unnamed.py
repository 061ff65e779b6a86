"""Applications that name no organization, and a browser that has sessions: whose answers, and who is asked."""

from typing import Any

import jwt
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from federation.models import BrowserSession
from identity.models import DirectoryUser
from tenants.models import Application
from tests.federation.browser import Browser, json_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def claims_of(browser: Browser) -> dict[str, Any]:
    """What the ID token says that the browser's answer is good for."""
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    claims: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return claims


def is_asked_for_organization(browser: Browser) -> bool:
    return browser.address.startswith("/sign-in?request=") and "Find your organization" in browser.text


def test_the_only_session_answers(browser: Browser) -> None:
    """One sign-in is enough for all applications of a tenant, whatever they know of it."""
    browser.authorize()
    assert "code" in browser.answer()


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"prompt": "create"}, {"max_age": "0"}])
def test_one_that_would_not_do_is_none(browser: Browser, asked: dict[str, str]) -> None:
    browser.authorize(**asked)
    assert is_asked_for_organization(browser)


def test_a_hint_at_somebody_else_is_for_them(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(login_hint="bob@acme.example")
    assert is_asked_for_organization(browser)
    assert "bob@acme.example" in browser.text
    browser.authorize(login_hint="bob@acme.example", prompt="none")
    assert browser.answer()["error"] == "login_required"
    browser.authorize(login_hint=ann.email.upper())
    assert "code" in browser.answer()


def test_of_several_one_is_chosen(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    browser.authorize(state="of-two")
    assert browser.address.startswith("/sign-in/accounts?request=")
    assert "Choose an account" in browser.text
    assert browser.text.count('type="submit"') == 2
    assert eve.email in browser.text
    request = browser.address.partition("?")[2]
    choice = browser.hidden()
    browser.submit_to(f"/globex/sign-in/confirm?{request}")
    assert browser.answer()["state"] == "of-two"
    claims = claims_of(browser)
    assert (claims["email"], claims["org_slug"]) == (eve.email, "globex")
    # It was answered.
    browser.submit_to(f"/acme/sign-in/confirm?{request}", **choice)
    assert "no longer open" in browser.text


def test_a_hint_chooses_among_several(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    browser.authorize(login_hint=eve.email)
    assert claims_of(browser)["org_slug"] == "globex"


def test_who_has_none_any_more_is_asked_for_their_organization(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    browser.authorize()
    BrowserSession.objects.update(ended_at=timezone.now())
    browser.get(browser.address)
    assert is_asked_for_organization(browser)


def test_many_cookies_are_looked_up_at_once(
    browser: Browser, eve: DirectoryUser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Anybody can send as many as a header holds."""
    browser.hold_session(eve)
    for number in range(200):
        browser.client.cookies[f"lifeguard_sso_{number}"] = f"nobody's-{number}"
    with django_assert_max_num_queries(40):
        browser.authorize()
    assert browser.text.count('type="submit"') == 2


def test_another_browser_sees_no_accounts(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    browser.authorize()
    elsewhere = Browser(browser.application)
    elsewhere.hold_session(eve)
    elsewhere.get(browser.address)
    assert "no longer open" in elsewhere.text
    assert eve.email not in elsewhere.text


def test_a_program_on_the_machine_is_named_before_an_account_is_chosen(
    browser: Browser, eve: DirectoryUser, assigned: Application
) -> None:
    """RFC 8252 section 8.6: nobody else can say that it is the one that it calls itself."""
    assigned.is_public, assigned.redirect_uris = True, ["http://127.0.0.1/callback"]
    assigned.save()
    browser.authorize(redirect_uri="http://127.0.0.1:4711/callback")
    assert browser.address.startswith("/acme/sign-in/confirm?request=")
    browser.hold_session(eve)
    browser.authorize(redirect_uri="http://127.0.0.1:4711/callback")
    assert "If you did not start it, close this window." in browser.text
    assert "Choose an account" in browser.text


def test_a_hint_counts_where_the_organization_is_named(browser: Browser, ann: DirectoryUser) -> None:
    """An application that means Bob is not answered as Ann, whose session this browser has."""
    browser.authorize(organization="acme", login_hint="bob@acme.example", prompt="none")
    assert browser.answer()["error"] == "login_required"
    browser.authorize(organization="acme", login_hint="bob@acme.example")
    assert browser.address.startswith("/acme/sign-in?request=")
    assert 'value="bob@acme.example"' in browser.text
    browser.authorize(organization="acme", login_hint=ann.email.upper(), prompt="none")
    assert claims_of(browser)["email"] == ann.email


def test_an_id_token_says_more_than_an_address(browser: Browser, ann: DirectoryUser) -> None:
    """Which may be the one that the person had before."""
    hint = browser.tokens_from_session()["id_token"]
    asked = {"login_hint": "ann-before@acme.example", "prompt": "none", "nonce": "another"}
    browser.authorize(organization="acme", id_token_hint=hint, **asked)
    assert "code" in browser.answer()


def test_a_program_on_the_machine_is_not_shown_a_session_of_somebody_else(
    browser: Browser, assigned: Application
) -> None:
    assigned.is_public, assigned.redirect_uris = True, ["http://127.0.0.1/callback"]
    assigned.save()
    where = "http://127.0.0.1:4711/callback"
    browser.authorize(organization="acme", login_hint="bob@acme.example", redirect_uri=where)
    assert browser.address.startswith("/acme/sign-in?request=")
    # By its address neither.
    browser.get(browser.address.replace("/sign-in?", "/sign-in/confirm?"))
    assert browser.address.startswith("/acme/sign-in?request=")
