"""An authenticator app that the tenant leaves to its users: offered, taken, declined, and offered again later."""

from datetime import timedelta

import pytest
from django.utils import timezone

from federation.models import BrowserSession, SignInAttempt
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, MfaPolicy, PoolKind, SignInPolicy, TenantApplication
from tests.federation.app_codes import app_on, next_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture(params=list(PoolKind))
def nora(
    request: pytest.FixtureRequest, application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> DirectoryUser:
    """A user who was never offered an app, in either isolation."""
    tenant = make_tenant("nora", request.param)
    TenantApplication.objects.create(tenant=tenant, application=application)
    user = make_user(tenant, "nora@nora.example")
    decline(user, None)
    return user


def decline(user: DirectoryUser, ago: timedelta | None) -> None:
    """Let the user have said "not now" that long ago; never where it is None."""
    DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=None if ago is None else timezone.now() - ago)


def set_policy(mfa: MfaPolicy) -> None:
    SignInPolicy.objects.update(mfa=mfa)


def sign_in(application: Application) -> Browser:
    browser = Browser(application)
    browser.sign_in("nora@nora.example", PASSWORD, organization="nora")
    return browser


def test_who_declines_gets_in_and_is_left_alone_for_a_month(application: Application, nora: DirectoryUser) -> None:
    browser = sign_in(application)
    assert "Add an authenticator app" in browser.text
    assert BrowserSession.objects.count() == 0
    browser.submit(later="yes")
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["pwd"]
    assert bytes(SignInAttempt.objects.get().secrets_encrypted) == b""
    assert "code" in sign_in(application).answer()
    decline(nora, timedelta(days=31))
    assert "Add an authenticator app" in sign_in(application).text


def test_who_accepts_is_asked_for_a_code_from_then_on(application: Application, nora: DirectoryUser) -> None:
    browser = sign_in(application)
    app = app_on(browser)
    browser.submit(code=app.now())
    assert "code" in browser.answer()
    nora.refresh_from_db()
    assert nora.has_totp
    second = sign_in(application)
    assert "Enter your code" in second.text
    second.submit(code=next_code(app))
    assert "code" in second.answer()


def test_where_the_policy_is_off_nothing_is_offered(application: Application, nora: DirectoryUser) -> None:
    set_policy(MfaPolicy.OFF)
    assert "code" in sign_in(application).answer()


def test_what_became_required_meanwhile_cannot_be_declined(application: Application, nora: DirectoryUser) -> None:
    browser = sign_in(application)
    set_policy(MfaPolicy.REQUIRED)
    browser.submit(later="yes")
    assert "Set up your authenticator app" in browser.text
    assert "Not now" not in browser.text
    browser.submit(later="yes")
    assert browser.page.status_code == 422
    assert BrowserSession.objects.count() == 0


def test_the_page_of_an_app_that_is_required_cannot_be_declined_as_an_offer(
    application: Application, nora: DirectoryUser
) -> None:
    set_policy(MfaPolicy.REQUIRED)
    browser = sign_in(application)
    offer = f"{browser.address.split('?')[0]}-offer"
    answer = browser.client.post(offer, {**browser.hidden(), "later": "yes"})
    assert answer.status_code not in {302, 303}
    assert BrowserSession.objects.count() == 0


def test_who_is_disabled_while_deciding_does_not_get_in(application: Application, nora: DirectoryUser) -> None:
    browser = sign_in(application)
    DirectoryUser.objects.filter(pk=nora.pk).update(status=UserStatus.DISABLED)
    browser.submit(later="yes")
    assert browser.page.status_code == 403
    assert BrowserSession.objects.count() == 0


def test_declining_twice_works_once(application: Application, nora: DirectoryUser) -> None:
    browser = sign_in(application)
    address, fields = browser.address, {**browser.hidden(), "later": "yes"}
    browser.submit(later="yes")
    again = browser.client.post(address, fields)
    assert again.status_code not in {302, 303}
    assert BrowserSession.objects.count() == 1
