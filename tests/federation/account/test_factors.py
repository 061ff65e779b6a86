"""People add, choose and remove codes as second factors on their account page, at the real local Cognito."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from federation.models import BrowserSession, NumberChange, SecurityNotice, SignInAttempt, Step
from federation.services.number_changes import give_back, overdue
from federation.tasks import give_number_back, give_numbers_back
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import DirectoryUser
from identity.services.users import reset_user_mfa
from tenants.actor import system
from tenants.models import Application, AuditEvent, MfaPolicy, SignInPolicy, Tenant
from tests.federation.account.test_changes import come_back, enter
from tests.federation.app_codes import app_on, next_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, reconcile
from tests.support.codes import code_in, mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox
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
    browser.submit(code=mailed_code(mailbox, ann.email, count=sent + 1))
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
    browser.submit(code=code_in(cognito.texts_to(number)[-1]))
    assert number in browser.text
    assert "Change your mobile number" in browser.text
    other = f"+4478{number[5:]}"
    browser.get(f"{PAGE}/phone")
    browser.submit(number=other)
    # Nobody signs in meanwhile with what goes to the old one.
    assert not DirectoryUser.objects.get(pk=ann.pk).has_second_factor
    where = browser.address
    assert f"No codes are sent to you by SMS until you enter the one that was sent to {other}" in _text(browser, PAGE)
    browser.get(where)
    assert browser.submit(code=code_in(cognito.texts_to(number)[-1])).status_code == 422
    # Nor is the old one given up where the organization has come to keep it.
    SignInPolicy.objects.filter(tenant=acme).update(own_details={"phone_number": "see"})
    assert browser.submit(code=code_in(cognito.texts_to(other)[-1])).status_code == 409
    SignInPolicy.objects.filter(tenant=acme).update(own_details={})
    browser.get(where)
    browser.submit(code=code_in(cognito.texts_to(other)[-1]))
    assert other in browser.text
    assert number not in browser.text
    assert not NumberChange.objects.exists()
    # Where the organization keeps numbers, this one stays.
    SignInPolicy.objects.filter(tenant=acme).update(own_details={"phone_number": "see"})
    assert "Change your mobile number" not in browser.get(PAGE).content.decode()
    assert post(browser, "phone", number=number) == 409
    browser.get(PAGE)
    assert post(browser, "phone", number=other) == 200
    assert browser.address == f"{PAGE}?done=number-kept"
    kinds = SecurityNotice.objects.filter(kind__startswith="factor").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["factor_added", "factor_removed", "factor_added"]


def _text(browser: Browser, where: str) -> str:
    return unescape(browser.get(where).content.decode())


def _settings(user: DirectoryUser) -> tuple[set[str], str]:
    """The second factors that Cognito has of them, and the number with whether it is theirs."""
    found = users.get_user(pool_ref(user.tenant.pool), user.username, priority=Priority.SIGN_IN)
    number, is_theirs = (found.attributes.get(f"phone_number{end}", "") for end in ("", "_verified"))
    return set(found.factors or ()), f"{number} {is_theirs}"


@pytest.fixture
def texted(browser: Browser, number: str, ann: DirectoryUser, cognito: LocalCognito) -> str:
    """The number to which codes go that Ann is asked for alone, though she has an app, too."""
    browser.get("/acme/account/authenticator")
    browser.submit(code=app_on(browser).now())
    browser.get(f"{PAGE}/phone")
    browser.submit(number=number)
    browser.submit(code=code_in(cognito.texts_to(number)[-1]))
    post(browser, "prefer", factor="sms")
    return number


def test_a_number_that_is_not_changed_to_its_end_is_given_back(
    browser: Browser, ann: DirectoryUser, texted: str, cognito: LocalCognito
) -> None:
    other = f"+4478{texted[5:]}"
    browser.get(f"{PAGE}/phone")
    browser.submit(number=other)
    late = browser.address
    assert _settings(ann) == ({"SOFTWARE_TOKEN_MFA"}, f"{other} false")
    give_numbers_back()
    assert NumberChange.objects.count() == 1
    NumberChange.objects.update(expires_at=timezone.now() - timedelta(seconds=30))
    # Neither given back yet, nor to be overtaken by a code that comes late.
    assert overdue(10) == []
    browser.get(late)
    assert browser.submit(code=code_in(cognito.texts_to(other)[-1])).status_code == 422
    NumberChange.objects.update(expires_at=timezone.now() - timedelta(minutes=2))
    assert overdue(10) == [str(ann.pk)]
    for _ in range(2):
        give_number_back(str(ann.pk))
    assert _settings(ann) == ({"SOFTWARE_TOKEN_MFA", "SMS_MFA"}, f"{texted} true")
    assert DirectoryUser.objects.get(pk=ann.pk).other_factors == ["sms"]
    event = AuditEvent.objects.filter(action="user.factor_enrolled").latest("sequence")
    assert (event.actor_label, event.after) == ("Account page", {"factor": "sms"})
    browser.get(late)
    assert browser.submit(code=code_in(cognito.texts_to(other)[-1])).status_code == 422
    assert _settings(ann)[1] == f"{texted} true"
    # It alone is not asked for: nobody knows whether they have it yet.
    other_browser = Browser(browser.application)
    other_browser.get("/acme/account/security")
    other_browser.submit(email=ann.email, password=PASSWORD)
    assert {step for step in SignInAttempt.objects.values_list("step", flat=True) if step != Step.DONE} == {
        Step.FACTOR_SELECT
    }


def test_somebody_keeps_the_number_that_they_had(browser: Browser, ann: DirectoryUser, texted: str) -> None:
    browser.get(f"{PAGE}/phone")
    browser.submit(number=f"+4478{texted[5:]}")
    # Another one still: what is given back is where codes went.
    browser.get(f"{PAGE}/phone")
    browser.submit(number=f"+4479{texted[5:]}")
    assert f"Keep {texted}" in _text(browser, PAGE)
    assert post(browser, "phone", number=texted) == 200
    assert "Your codes go to the number that you had before." in browser.text
    assert "You are changing" not in browser.text
    assert _settings(ann) == ({"SOFTWARE_TOKEN_MFA", "SMS_MFA"}, f"{texted} true")
    # Asked for alone, as before.
    assert "Asked for" in browser.text


def test_who_has_lost_the_number_does_not_get_it_back(browser: Browser, ann: DirectoryUser, texted: str) -> None:
    browser.get(f"{PAGE}/phone")
    browser.submit(number=f"+4478{texted[5:]}")
    policy = SignInPolicy.objects.filter(tenant=ann.tenant)
    # Signed in with one, so that the session goes on.
    BrowserSession.objects.update(amr=["pwd", "mfa"])
    policy.update(mfa=MfaPolicy.REQUIRED, second_factors=["sms"])
    browser.get(PAGE)
    assert post(browser, "remove", factor="sms") == 409
    policy.update(second_factors=["totp", "sms"])
    browser.get(PAGE)
    assert f'Remove<span class="visually-hidden"> {texted}</span>' in unescape(browser.text)
    assert post(browser, "remove", factor="sms") == 200
    assert "The codes are removed." in browser.text
    assert "You are changing" not in browser.text
    assert not NumberChange.objects.exists()
    assert _settings(ann)[0] == {"SOFTWARE_TOKEN_MFA"}


def test_who_has_lost_their_factors_meanwhile_gets_none_back(browser: Browser, ann: DirectoryUser, texted: str) -> None:
    browser.get(f"{PAGE}/phone")
    browser.submit(number=f"+4478{texted[5:]}")
    reset_user_mfa(ann.tenant, ann.pk, actor=system("test"))
    give_back(str(ann.pk), actor=system("test"))
    assert not NumberChange.objects.exists()
    assert "SMS_MFA" not in _settings(ann)[0]


def test_of_several_one_is_preferred_and_the_last_that_is_asked_for_stays(
    browser: Browser, acme: Tenant, ann: DirectoryUser, number: str, cognito: LocalCognito
) -> None:
    browser.get("/acme/account/authenticator")
    app = app_on(browser)
    browser.submit(code=app.now())
    browser.get(f"{PAGE}/phone")
    browser.submit(number=number)
    browser.submit(code=code_in(cognito.texts_to(number)[-1]))
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
    browser.submit(code=next_code(app))
    come_back(browser)
    SignInPolicy.objects.filter(tenant=acme).update(mfa=MfaPolicy.REQUIRED, second_factors=["totp", "sms"])
    assert post(browser, "remove", factor="sms") == 200
    browser.get(f"{PAGE}/phone")
    browser.submit(number=number)
    browser.submit(code=code_in(cognito.texts_to(number)[-1]))
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
