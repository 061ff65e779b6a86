"""Who has somebody's session and guesses on their account page is seen in the log of sign-ins."""

import pytest

from federation.account.application import account_application
from federation.auth_reasons import Reason
from federation.models import AuthEvent, AuthOutcome, AuthWay
from federation.services.auth_events import record_failure, record_success
from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS
from tenants.models import Application, Tenant
from tests.federation.account.test_changes import WANTED, enter
from tests.federation.account.test_email import address, ask
from tests.federation.account.test_own_factors import LISTED, gina
from tests.federation.app_codes import app_on, wrong_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD

__all__ = ["gina"]
pytestmark = pytest.mark.urls("config.urls.signin")


def kept(user: DirectoryUser) -> list[tuple[str, str]]:
    """Outcome and reason of what the account page refused."""
    events = AuthEvent.objects.filter(way=AuthWay.ACCOUNT, user=user, tenant=user.tenant).order_by("pk")
    assert {event.application for event in events} == {account_application()}
    return [(event.outcome, event.reason) for event in events]


@pytest.fixture
def browser(acme: Tenant, ann: DirectoryUser, application: Application) -> Browser:
    """Ann's browser."""
    return Browser(application)


@pytest.mark.usefixtures("long_waits")
def test_guesses_of_the_present_password(browser: Browser, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/password")
    statuses = [
        browser.submit(present=f"Wrong-{number}", password=WANTED, repeated=WANTED).status_code for number in range(7)
    ]
    assert statuses == [422] * 5 + [429] * 2
    # Of what is not looked at any more, the first is a line.
    wrong, limited = (AuthOutcome.FAILED, "wrong_password"), (AuthOutcome.LIMITED, "too_many")
    assert kept(ann) == [*[wrong] * 5, limited]
    assert all(event.known_device for event in AuthEvent.objects.filter(way=AuthWay.ACCOUNT))
    browser.get("/acme/account/activity")
    assert "A password or code was not accepted on your account page" in browser.text
    assert "Your account page kept somebody waiting after too many tries" in browser.text


def test_a_password_that_is_changed_is_no_line(browser: Browser, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/password")
    browser.submit(present=PASSWORD, password=WANTED, repeated=WANTED)
    assert "Your password is changed." in browser.text
    assert not AuthEvent.objects.filter(way=AuthWay.ACCOUNT).exists()


def test_a_wrong_code_of_an_app(browser: Browser, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/authenticator")
    browser.submit(code=wrong_code(app_on(browser)))
    assert kept(ann) == [(AuthOutcome.FAILED, "wrong_code")]


def test_what_lifeguard_keeps_itself(gina: Browser, gail: DirectoryUser) -> None:
    gina.get(f"{LISTED}/app")
    gina.submit(code=wrong_code(app_on(gina)))
    gina.get(f"{LISTED}/key")
    gina.submit(credential="{}")
    assert kept(gail) == [(AuthOutcome.FAILED, "wrong_code"), (AuthOutcome.FAILED, "wrong_key")]


@pytest.mark.usefixtures("one_window")
def test_codes_for_another_address(here: Browser, gail: DirectoryUser) -> None:
    wanted = address()
    ask(here, wanted)
    here.submit(code="00000000")
    for _ in range(6):
        ask(here, wanted)
    assert here.page.status_code == 429
    assert kept(gail) == [(AuthOutcome.FAILED, "wrong_code"), (AuthOutcome.LIMITED, "too_many")]


def test_a_device_is_no_sign_in_of_ones_own(browser: Browser, ann: DirectoryUser, application: Application) -> None:
    record_success(ann, AuthWay.DEVICE, visitor=ANONYMOUS, application=application)
    record_failure(
        ann.tenant,
        AuthWay.DEVICE,
        visitor=ANONYMOUS,
        reason=Reason.DECLINED,
        user=ann,
        application=application,
    )
    enter(browser, "/acme/account/activity")
    assert "You let a device in" in browser.text
    assert "You did not let a device in" in browser.text
    assert "Device code" not in browser.text
