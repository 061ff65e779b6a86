"""`prompt=select_account`: the person says as whom they go on, by a session of this browser or by another account."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from federation.levels import ACR_MULTI_FACTOR
from federation.models import AuthorizationCode, BrowserSession
from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.federation.browser import Browser
from tests.federation.provider.test_unnamed import claims_of, is_asked_for_organization

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

EITHER = pytest.mark.parametrize("organization", ["acme", None])


def choose_account(browser: Browser, **changed: str | None) -> list[str]:
    """Be asked for an account; returns where the buttons lead."""
    browser.authorize(**{"prompt": "select_account", **changed})
    assert browser.address.startswith("/sign-in/accounts?request="), browser.address
    assert browser.page.status_code == 200
    found = re.findall(r'<form method="post" action="([^"]+/sign-in/confirm[^"]+)"', browser.text)
    return [unescape(each) for each in found]


def other_account(browser: Browser) -> str:
    """Where "Use another account" leads."""
    (link,) = re.findall(r'<a href="([^"]+)">Use another account</a>', browser.text)
    return unescape(link)


def is_asked_for_password(browser: Browser) -> bool:
    return browser.address.startswith("/acme/sign-in?request=") and 'name="password"' in browser.text


@EITHER
def test_the_only_session_is_offered_and_answers_once_it_is_chosen(
    browser: Browser, ann: DirectoryUser, acme: Tenant, organization: str | None
) -> None:
    (button,) = choose_account(browser, organization=organization)
    assert ann.email in browser.text
    assert acme.branding.display_name in browser.text
    assert "several organizations" not in browser.text
    assert AuthorizationCode.objects.count() == 0
    # No other site presses it.
    assert browser.client.post(button).status_code == 403
    browser.submit_to(button)
    assert browser.answer()["state"] == browser.state
    assert claims_of(browser)["email"] == ann.email


@EITHER
def test_another_account_leads_to_the_sign_in_and_ends_nothing(browser: Browser, organization: str | None) -> None:
    choose_account(browser, organization=organization)
    browser.get(other_account(browser))
    assert is_asked_for_password(browser) if organization else is_asked_for_organization(browser)
    browser.authorize(organization=organization, prompt="none")
    assert "code" in browser.answer()


def test_of_several_sessions_each_is_offered(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    buttons = choose_account(browser)
    assert {each.split("/")[1] for each in buttons} == {"acme", "globex"}
    browser.submit_to(next(each for each in buttons if each.startswith("/globex/")))
    assert claims_of(browser)["email"] == eve.email


def test_where_an_organization_is_named_its_session_alone_is_offered(browser: Browser, eve: DirectoryUser) -> None:
    browser.hold_session(eve)
    (button,) = choose_account(browser, organization="acme")
    assert button.startswith("/acme/")
    assert eve.email not in browser.text
    browser.submit_to(button.replace("/acme/", "/globex/"))
    assert "no longer open" in browser.text
    assert AuthorizationCode.objects.count() == 0


@EITHER
@pytest.mark.parametrize("asked", [{"max_age": "60"}, {"acr_values": ACR_MULTI_FACTOR}, {"login_hint": "bob@acme.com"}])
def test_a_session_that_would_not_do_is_not_offered(
    browser: Browser, ann: DirectoryUser, organization: str | None, asked: dict[str, str]
) -> None:
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(seconds=90))
    browser.authorize(organization=organization, prompt="select_account", **asked)
    assert is_asked_for_password(browser) if organization else is_asked_for_organization(browser)
    assert ann.email not in browser.text


def test_one_that_became_too_old_on_the_page_does_not_answer(browser: Browser) -> None:
    (button,) = choose_account(browser, organization="acme", max_age="60")
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(seconds=90))
    browser.submit_to(button)
    assert is_asked_for_password(browser)


def test_a_session_at_a_tenant_without_the_application_is_not_offered(
    browser: Browser, eve: DirectoryUser, assigned: Application
) -> None:
    browser.hold_session(eve)
    TenantApplication.objects.filter(application=assigned, tenant=eve.tenant).delete()
    (button,) = choose_account(browser)
    assert button.startswith("/acme/")
    assert eve.email not in browser.text


@EITHER
def test_whose_session_ended_meanwhile_signs_in(browser: Browser, organization: str | None) -> None:
    choose_account(browser, organization=organization)
    BrowserSession.objects.update(ended_at=timezone.now())
    browser.get(browser.address)
    assert is_asked_for_password(browser) if organization else is_asked_for_organization(browser)


@pytest.mark.parametrize("prompt", ["select_account", "login select_account"])
@EITHER
def test_who_has_no_session_or_has_to_sign_in_anew_says_it_there(
    browser: Browser, assigned: Application, organization: str | None, prompt: str
) -> None:
    asked = Browser(assigned) if prompt == "select_account" else browser
    asked.authorize(organization=organization, prompt=prompt)
    assert is_asked_for_password(asked) if organization else is_asked_for_organization(asked)


def test_another_browser_sees_no_account(browser: Browser, assigned: Application, ann: DirectoryUser) -> None:
    choose_account(browser, organization="acme")
    elsewhere = Browser(assigned)
    elsewhere.hold_session(ann)
    elsewhere.get(browser.address)
    assert "no longer open" in elsewhere.text
    assert ann.email not in elsewhere.text


def test_a_program_on_the_machine_is_named_on_the_same_page(browser: Browser, assigned: Application) -> None:
    """Whoever chooses an account there has gone on by themselves (RFC 8252 section 8.6)."""
    assigned.is_public, assigned.redirect_uris = True, ["http://127.0.0.1/callback"]
    assigned.save()
    (button,) = choose_account(browser, organization="acme", redirect_uri="http://127.0.0.1:4711/callback")
    assert "If you did not start it, close this window." in browser.text
    browser.submit_to(button)
    assert browser.page["Location"].startswith("http://127.0.0.1:4711/callback?")
