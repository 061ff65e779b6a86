"""Cookies that somebody else put into a browser before the person signs in there (session fixation)."""

import uuid

import pytest

from federation.models import AuthorizationRequest, BrowserSession
from federation.tokens import hash_token
from identity.models import DirectoryUser
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD

pytestmark = pytest.mark.urls("config.urls.signin")


def test_no_cookie_that_was_planted_becomes_a_session(browser: Browser, ann: DirectoryUser) -> None:
    """Mallory knows which browser it is (the cookie that requests are bound to) and which session it begins with.

    Neither leads her into Ann's sign-in or session, and Ann does not go on working in Mallory's.
    """
    mallory = Browser(browser.application)
    session = mallory.hold_session(DirectoryUserFactory.create(tenant=ann.tenant, email="mallory@acme.example"))
    mallory.authorize(organization="acme", prompt="login")
    planted = {name: morsel.value for name, morsel in mallory.client.cookies.items()}
    assert {"lifeguard_browser", f"lifeguard_sso_{ann.tenant.key}"} <= planted.keys()
    browser.client.cookies.load(planted)

    browser.sign_in(ann.email, PASSWORD, organization="acme", prompt="login")
    assert "code" in browser.answer()
    begun = BrowserSession.objects.get(user=ann)
    given = browser.client.cookies[f"lifeguard_sso_{ann.tenant.key}"].value
    assert given not in planted.values()
    assert begun.token_hash == hash_token(given)
    session.refresh_from_db()
    assert session.ended_at is not None

    mallory.authorize(organization="acme", prompt="none", nonce=uuid.uuid4().hex)
    assert mallory.answer()["error"] == "login_required"
    answered = AuthorizationRequest.objects.filter(completed_at__isnull=False).get()
    assert mallory.get(f"/acme/sign-in?request={answered.pk}").status_code == 404


def test_a_token_that_was_made_up_is_not_taken_over(browser: Browser, ann: DirectoryUser) -> None:
    made_up = "A" * 43
    browser.client.cookies.load({f"lifeguard_sso_{ann.tenant.key}": made_up, "lifeguard_browser": made_up})
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "code" in browser.answer()
    assert browser.client.cookies[f"lifeguard_sso_{ann.tenant.key}"].value != made_up
    assert not BrowserSession.objects.filter(token_hash=hash_token(made_up)).exists()
