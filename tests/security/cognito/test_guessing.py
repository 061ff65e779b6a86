"""Guessing passwords and codes, and learning who exists from how the guesses are answered."""

import pyotp
import pytest
from django.test import Client

from federation.models import AuthEvent, AuthOutcome, BrowserSession, SignInAttempt
from federation.services.attempts import MAX_CODE_TRIES
from identity.models import DirectoryUser, UserStatus
from tenants.models import MfaPolicy, SignInPolicy, Tenant
from tests.factories import DirectoryUserFactory
from tests.federation.app_codes import app_on, next_code, wrong_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeUser, reconcile

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.mark.usefixtures("long_waits")
def test_a_lock_tells_nothing_about_addresses(browser: Browser, ann: DirectoryUser, make_user: MakeUser) -> None:
    """Whoever is locked out after five wrong passwords exists, unless everybody is."""
    disabled = make_user(ann.tenant, "dora@acme.example")
    DirectoryUser.objects.filter(pk=disabled.pk).update(status=UserStatus.DISABLED)
    DirectoryUserFactory.create(tenant=ann.tenant, email="ivan@acme.example", status=UserStatus.INVITED)
    browser.authorize(organization="acme")
    answers = {}
    for email in ("ann@acme.example", "nobody@acme.example", "dora@acme.example", "ivan@acme.example"):
        answers[email] = [browser.submit(email=email, password="Wrong-password-77").status_code for _ in range(7)]
    assert len({tuple(statuses) for statuses in answers.values()}) == 1, answers


def enrolled(browser: Browser, tenant: Tenant, email: str) -> pyotp.TOTP:
    """Set up an app for a user whose tenant requires one; the browser is then signed in."""
    SignInPolicy.objects.filter(tenant=tenant).update(mfa=MfaPolicy.REQUIRED)
    reconcile(tenant)
    browser.sign_in(email, PASSWORD, organization=tenant.slug)
    app = app_on(browser)
    browser.submit(code=app.now())
    assert browser.page.status_code == 303
    return app


def test_codes_cannot_be_guessed_without_end(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    """With a stolen password alone: neither in one attempt nor in ever new ones."""
    app = enrolled(browser, acme, ann.email)
    guesses, statuses = 0, []
    for turn in range(MAX_CODE_TRIES + 4):
        thief = Browser(browser.application)
        thief.sign_in(ann.email, PASSWORD, organization="acme", nonce=f"thief-{turn}")
        for _ in range(3):
            if 'name="code"' not in thief.text:
                break
            statuses.append(thief.submit(code=wrong_code(app)).status_code)
            guesses += 1
        if statuses[-1] == 429:
            break
    assert statuses[-1] == 429, statuses
    assert guesses <= MAX_CODE_TRIES + 1
    # Also the right code does not help, until the time is over.
    last = Browser(browser.application)
    last.sign_in(ann.email, PASSWORD, organization="acme", nonce="last")
    last.submit(code=next_code(app))
    assert "Location" not in last.page
    assert BrowserSession.objects.count() == 1
    limited = AuthEvent.objects.filter(outcome=AuthOutcome.LIMITED)
    assert {(event.way, event.reason, event.detail) for event in limited} == {("totp", "too_many", "code.account")}


def test_steps_of_another_tenant_or_browser(
    browser: Browser, acme: Tenant, ann: DirectoryUser, make_user: MakeUser
) -> None:
    enrolled(browser, acme, ann.email)
    mine = Browser(browser.application)
    mine.sign_in(ann.email, PASSWORD, organization="acme", nonce="second")
    address, attempt = mine.address, SignInAttempt.objects.latest("created_at")
    assert address.endswith("/code")
    for wrong_address in (
        address.replace("/acme/", "/globex/"),
        address.replace("/code", "/authenticator"),
        address.replace("/code", "/new-password"),
    ):
        assert mine.client.get(wrong_address).status_code == 404
    stranger = Client()
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"code": "123456", "turn": str(attempt.turn)}).status_code == 404
    # A browser with a request of its own gets no further.
    other = Browser(browser.application)
    other.authorize(organization="acme", nonce="third")
    assert other.get(address).status_code == 404
