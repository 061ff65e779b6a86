"""Whoever guesses at a password keeps nobody out of the browser in which they signed in before."""

import pytest

from federation.models import AuthEvent, AuthOutcome, KnownDevice
from federation.services.attempt_limits import PASSWORD, ROW, Caller, tried
from federation.services.waits import end_wait
from identity import auth
from identity.models import DirectoryUser
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD as RIGHT

pytestmark = pytest.mark.urls("config.urls.signin")


def guess(user: DirectoryUser, times: int) -> None:
    """Guess wrongly from elsewhere, as often as that brings waits. Cognito's own lock is not what is looked at."""
    for _time in range(times):
        end_wait("password.account", f"{user.tenant_id}:{user.email}:")
        with (
            pytest.raises(auth.InvalidCredentials),
            tried(PASSWORD, user.tenant, user.email, Caller("198.51.100.9"), not_theirs=auth.AuthUnavailable),
        ):
            raise auth.InvalidCredentials


def test_guesses_from_elsewhere(browser: Browser, ann: DirectoryUser) -> None:
    browser.sign_in(ann.email, RIGHT, organization="acme")
    assert browser.page.status_code == 303
    guess(ann, ROW.most)
    stranger = Browser(browser.application)
    stranger.sign_in(ann.email, RIGHT, organization="acme", nonce="stranger")
    assert stranger.page.status_code == 429
    assert int(stranger.page["Retry-After"]) > 60
    # Without the session, in the same browser.
    del browser.client.cookies[f"lifeguard_sso_{ann.tenant.key}"]
    browser.sign_in(ann.email, RIGHT, organization="acme", nonce="again")
    assert browser.page.status_code == 303
    assert KnownDevice.objects.count() == 1
    events = AuthEvent.objects.filter(user=ann).order_by("pk")
    assert [(event.outcome, event.known_device) for event in events] == [
        (AuthOutcome.SUCCEEDED, False),
        (AuthOutcome.LIMITED, False),
        (AuthOutcome.SUCCEEDED, True),
    ]


@pytest.mark.usefixtures("long_waits")
def test_the_cookie_lets_nobody_in(browser: Browser, ann: DirectoryUser) -> None:
    """It is out of scripts' reach, and whoever stole it still needs the password."""
    browser.sign_in(ann.email, RIGHT, organization="acme")
    cookie = browser.client.cookies[f"lifeguard_device_{ann.tenant.key}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie.value not in str(list(KnownDevice.objects.values()))
    thief = Browser(browser.application)
    thief.client.cookies[f"lifeguard_device_{ann.tenant.key}"] = cookie.value
    thief.authorize(organization="acme", nonce="thief")
    assert 'name="password"' in thief.text
    for _guess in range(ROW.free + 1):
        thief.submit(email=ann.email, password="Wrong-password-77")
        assert thief.page.status_code == 403
    thief.submit(email=ann.email, password="Wrong-password-77")
    assert thief.page.status_code == 429
