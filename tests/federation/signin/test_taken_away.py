"""What is taken away from somebody is taken away from the sign-ins that they, or whoever has their password, began."""

import pytest
from django.db import transaction

from federation.levels import ACR_MULTI_FACTOR
from federation.models import BrowserSession, SignInAttempt
from federation.services.session_ends import end_other_sessions
from identity.models import DirectoryUser
from identity.services.user_sessions import sign_out_everywhere
from tenants.actor import ANONYMOUS
from tenants.models import MfaPolicy, SignInPolicy, Tenant
from tenants.pool_options import Recovery
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeUser
from tests.federation.signin.ways import EMAIL, allow, begin
from tests.support.codes import mailed_code
from tests.support.mail import Mailbox
from tests.support.pool_settings import MAIL

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def waiting(browser: Browser, ann: DirectoryUser) -> Browser:
    """A browser in which the password was right, and an authenticator app is offered."""
    DirectoryUser.objects.filter(pk=ann.pk).update(totp_declined_at=None)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "Add an authenticator app" in browser.text
    return browser


def test_a_sign_in_that_waits_ends_with_all_sessions(waiting: Browser, ann: DirectoryUser) -> None:
    with transaction.atomic():
        sign_out_everywhere(ann, actor=ANONYMOUS)
    waiting.submit(later="yes")
    assert "Sign in again" in waiting.text
    assert not BrowserSession.objects.exists()


def test_a_sign_in_that_waits_ends_with_all_other_sessions(waiting: Browser, ann: DirectoryUser) -> None:
    """As when the person changes their password."""
    mine = Browser(waiting.application).hold_session(ann)
    end_other_sessions(mine, visitor=ANONYMOUS)
    assert not SignInAttempt.objects.exists()
    waiting.submit(later="yes")
    assert BrowserSession.objects.get() == mine


def test_a_copied_cookie_is_good_until_the_next_sign_in_alone(browser: Browser, ann: DirectoryUser) -> None:
    SignInPolicy.objects.update(mfa=MfaPolicy.OFF)
    browser.hold_session(ann)
    copied = Browser(browser.application)
    copied.client.cookies.update(browser.client.cookies)
    browser.authorize(organization="acme", prompt="login")
    browser.submit(email=ann.email, password=PASSWORD)
    assert "code" in browser.answer()
    copied.authorize(organization="acme")
    assert copied.page.status_code == 200
    assert 'name="password"' in copied.text


def test_a_code_by_the_same_way_is_no_second_factor(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    make_user(acme, "otto-9@acme.example")
    allow(acme, EMAIL, email_mfa=True, recovery=Recovery.ADMIN_ONLY, **MAIL)
    SignInPolicy.objects.update(second_factors=["totp", "email"])
    begin(browser, "otto-9@acme.example", EMAIL, acr_values=ACR_MULTI_FACTOR)
    browser.submit(code=mailed_code(mailbox, "otto-9@acme.example"))
    assert "Set up your authenticator app" in browser.text
