"""People add, choose and remove codes as second factors on their account page, at the real local Cognito."""

import re
import time
import uuid
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone

from federation.models import BrowserSession, SecurityNotice
from identity.models import DirectoryUser
from tenants.models import Application, AuditEvent, MfaPolicy, SignInPolicy, Tenant
from tests.federation.account.test_changes import come_back, enter
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, reconcile
from tests.federation.test_steps import secret_on
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text
from tests.support.pool_settings import SMS, VARIANTS, set_on

pytestmark = pytest.mark.urls("config.urls.signin")
PAGE = "/acme/account/factors"


@pytest.fixture
def ann(acme: Tenant, ann: DirectoryUser) -> DirectoryUser:
    """Ann, whose tenant has all second factors, and with whose address no other test's mail is confused."""
    set_on(acme, **VARIANTS["email-mfa"], **SMS)
    SignInPolicy.objects.filter(tenant=acme).update(second_factors=["totp", "email", "sms"])
    reconcile(acme)
    # Who said "not now" is not offered one on the way.
    DirectoryUser.objects.filter(pk=ann.pk).update(totp_declined_at=timezone.now())
    return DirectoryUser.objects.get(pk=ann.pk)


@pytest.fixture
def browser(ann: DirectoryUser, application: Application) -> Browser:
    """Ann's browser, on the page of her second factors."""
    browser = Browser(application)
    enter(browser, PAGE)
    return browser


@pytest.fixture
def number() -> str:
    """A number of her own."""
    return f"+4477{uuid.uuid4().int % 10**8:08d}"


def digits(text: str) -> str:
    found = re.search(r"\b(\d{6,8})\b", text)
    assert found is not None, text
    return found[1]


def post(browser: Browser, what: str, **fields: str) -> int:
    """Send a form of the page; returns the status of the page that it leads to."""
    csrf = browser.hidden()["csrfmiddlewaretoken"]
    browser.page = browser.client.post(f"{PAGE}/{what}", {"csrfmiddlewaretoken": csrf, **fields})  # type: ignore[assignment]  # Django's stubs have a type of their own for the test client's answers.
    if browser.page.status_code == 302:
        browser.get(browser.page["Location"])
    return browser.page.status_code


def test_codes_by_mail_are_added_asked_for_and_removed(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    assert "You have no second factor yet." in browser.text
    sent = len(mailbox.messages_to(ann.email))
    post(browser, "add", factor="email")
    assert browser.address == f"{PAGE}/code?factor=email"
    assert browser.submit(code="000000").status_code == 422
    assert "not right" in browser.text
    browser.submit(code=digits(body_text(mailbox.wait_for(ann.email, count=sent + 1))))
    assert "The codes are set up." in browser.text
    assert DirectoryUser.objects.get(pk=ann.pk).other_factors == ["email"]
    # The next sign-in asks for one.
    other = Browser(browser.application)
    other.get("/acme/account/security")
    other.submit(email=ann.email, password=PASSWORD)
    assert "Check your mail" in other.text
    assert post(browser, "remove", factor="email") == 200
    assert "You have no second factor yet." in browser.text
    assert not DirectoryUser.objects.get(pk=ann.pk).has_second_factor
    events = AuditEvent.objects.filter(action__startswith="user.factor").order_by("sequence")
    assert list(events.values_list("action", flat=True)) == ["user.factor_enrolled", "user.factor_removed"]
    notices = SecurityNotice.objects.filter(kind__startswith="factor").order_by("pk")
    assert list(notices.values_list("kind", flat=True)) == ["factor_added", "factor_removed"]


def test_codes_go_to_another_number_once_it_is_shown_to_be_theirs(
    browser: Browser, acme: Tenant, ann: DirectoryUser, number: str, cognito: LocalCognito
) -> None:
    browser.get(f"{PAGE}/phone")
    assert browser.submit(number="0770090012").status_code == 422
    browser.submit(number=number)
    browser.submit(code=digits(cognito.texts_to(number)[-1]))
    assert number in browser.text
    assert "Change your mobile number" in browser.text
    other = f"+4478{number[5:]}"
    browser.get(f"{PAGE}/phone")
    browser.submit(number=other)
    # The old one is given up: nobody signs in with what goes there.
    assert not DirectoryUser.objects.get(pk=ann.pk).has_second_factor
    assert browser.submit(code=digits(cognito.texts_to(number)[-1])).status_code == 422
    browser.submit(code=digits(cognito.texts_to(other)[-1]))
    assert other in browser.text
    assert number not in browser.text
    # Where the organization keeps numbers, this one stays.
    SignInPolicy.objects.filter(tenant=acme).update(own_details={"phone_number": "see"})
    assert "Change your mobile number" not in browser.get(PAGE).content.decode()
    assert post(browser, "phone", number=number) == 409
    browser.get(PAGE)
    assert post(browser, "phone", number=other) == 200
    assert browser.address == f"{PAGE}/code?factor=sms"
    kinds = SecurityNotice.objects.filter(kind__startswith="factor").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["factor_added", "factor_removed", "factor_added"]


def test_of_several_one_is_preferred_and_the_last_that_is_asked_for_stays(
    browser: Browser, acme: Tenant, ann: DirectoryUser, number: str, cognito: LocalCognito
) -> None:
    browser.get("/acme/account/authenticator")
    app = pyotp.TOTP(secret_on(browser))
    browser.submit(code=app.at(int(time.time()) - 30))
    browser.get(f"{PAGE}/phone")
    browser.submit(number=number)
    browser.submit(code=digits(cognito.texts_to(number)[-1]))
    assert "Let me choose each time" in browser.text
    assert post(browser, "prefer", factor="email") == 404
    browser.get(PAGE)
    post(browser, "prefer", factor="totp")
    assert "Your choice is saved." in browser.text
    assert "Asked for" in browser.text
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(minutes=16))
    browser.get(PAGE)
    browser.submit(email=ann.email, password=PASSWORD)
    assert "Open your authenticator app" in browser.text
    browser.submit(code=app.now())
    come_back(browser)
    SignInPolicy.objects.filter(tenant=acme).update(mfa=MfaPolicy.REQUIRED, second_factors=["totp", "sms"])
    assert post(browser, "remove", factor="sms") == 200
    browser.get(f"{PAGE}/phone")
    browser.submit(number=number)
    browser.submit(code=digits(cognito.texts_to(number)[-1]))
    # The app goes, and with it the only other one.
    browser.get("/acme/account/authenticator/remove")
    browser.submit()
    for what in ("remove", "phone"):
        browser.get(PAGE)
        assert post(browser, what, factor="sms", number=f"+4478{number[5:]}") == 409
        assert "this is the only one" in browser.text
    assert DirectoryUser.objects.get(pk=ann.pk).other_factors == ["sms"]


@pytest.mark.parametrize("what", ["add", "phone", "code?factor=sms", "remove", "prefer"])
def test_they_are_changed_after_a_fresh_sign_in_alone(here: Browser, gail: DirectoryUser, what: str) -> None:
    """And only what this tenant has, by whom no identity provider signed in."""
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_sub="sub")
    here.get("/globex/account/name")
    sent = {"csrfmiddlewaretoken": here.hidden()["csrfmiddlewaretoken"], "factor": "totp"}
    where = f"/globex/account/factors/{what}"
    found = here.client.post(where, sent)
    assert found.status_code == 404 or found["Location"].startswith("/globex/sign-in?request=")
    BrowserSession.objects.update(amr=["fed"])
    assert here.client.post(where, sent).status_code in {403, 404}


def test_where_the_tenant_has_none_none_is_offered(here: Browser, gail: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_sub="sub")
    assert "Codes as a second factor" not in here.get("/globex/account/security").content.decode()
