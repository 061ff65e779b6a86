"""Making an account without an invitation: where the policy lets people, and after the address was proved."""

import re
import uuid

import pytest
from django.conf import settings

from federation.models import AccountRequest, AuthEvent, AuthWay, DomainStatus, EmailDomain
from federation.services.email_domains import claim_domain
from federation.signin.account_mail import answer
from identity.models import DirectoryUser, UserStatus
from tenants.actor import system
from tenants.models import Application, AuditEvent, SignInPolicy, SignUpPolicy, Tenant, TenantApplication
from tests.factories import TenantFactory
from tests.federation.browser import Browser
from tests.federation.conftest import MakeUser
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text
from tests.support.telling import differences, told

pytestmark = pytest.mark.urls("config.urls.signin")

PASSWORD = "Another-correct-horse-8"


@pytest.fixture
def email() -> str:
    """An address that nobody has yet."""
    return f"nina-{uuid.uuid4().hex[:8]}@acme.example"


def allow(tenant: Tenant, whom: SignUpPolicy) -> None:
    SignInPolicy.objects.filter(tenant=tenant).update(sign_up=whom)


def begin(browser: Browser, email: str, name: str = "Nina") -> AccountRequest | None:
    """Ask for an account as the pages do, and answer as the worker does."""
    browser.authorize(organization="acme")
    found = re.search(r'href="([^"]+)">Make one', browser.text)
    assert found, browser.text
    browser.get(found[1].replace("&amp;", "&"))
    browser.submit(email=email, name=name)
    asked = AccountRequest.objects.order_by("created_at").last()
    if asked is not None:
        answer(asked.pk)
    return asked


def link_of(mailbox: Mailbox, email: str, count: int = 1) -> str:
    text = body_text(mailbox.wait_for(email, count=count))
    link = next(word for word in text.split() if word.startswith(f"{settings.SIGNIN_URL}/"))
    return link.removeprefix(settings.SIGNIN_URL)


def kept(tenant: Tenant, application: Application) -> list[tuple[str, str, str | None]]:
    """Outcome, reason and whose, of the sign-ups in the log of sign-ins."""
    rows = AuthEvent.objects.filter(tenant=tenant, way=AuthWay.SIGN_UP, application=application).order_by("pk")
    return list(rows.values_list("outcome", "reason", "user__email"))


def test_who_proves_their_address_makes_an_account_and_goes_on_to_the_application(
    browser: Browser, acme: Tenant, email: str, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    before = len(cognito.operations())
    begin(browser, email.upper(), "Nina at evil.example")
    assert "Check your mail" in browser.text
    # Whoever asked may be a stranger, whose words the mail does not pass on.
    assert "evil.example" not in body_text(mailbox.wait_for(email))
    # Until the address is proved there is nobody, here or in Cognito.
    assert not DirectoryUser.objects.filter(email=email).exists()
    link = link_of(mailbox, email)
    browser.get(link)
    assert email in browser.text
    assert cognito.operations()[before:] == []
    browser.submit(password="short", repeated="short")
    assert browser.page.status_code == 422
    browser.submit(password=PASSWORD, repeated=PASSWORD)
    assert browser.address.startswith("/acme/sign-in?")
    user = DirectoryUser.objects.get(email=email)
    assert (user.status, user.role, user.email_verified) == (UserStatus.ACTIVE, "", True)
    assert user.name == "Nina at evil.example"
    assert "SignUp" not in cognito.operations()
    event = AuditEvent.objects.get(action="user.signed_up")
    assert (event.actor_label, event.target_id) == (email, str(user.pk))
    assert kept(acme, browser.application) == [("succeeded", "", email)]
    browser.submit(email=email, password=PASSWORD)
    browser.submit(later="yes")
    assert browser.answer()["state"] == browser.state
    # The link serves once, in whatever browser.
    again = Browser(browser.application)
    assert again.get(link).status_code == 410
    # Looking is no attempt; sending a password is one.
    again.client.handler.enforce_csrf_checks = False
    assert again.client.post(link, {"password": PASSWORD, "repeated": PASSWORD}).status_code == 410
    assert kept(acme, browser.application)[1:] == [("failed", "link_not_good", email)]


def test_a_link_can_be_gone_on_with_after_cognito_did_not_answer(
    browser: Browser, acme: Tenant, email: str, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    begin(browser, email)
    stranger = Browser(browser.application)
    stranger.get(link_of(mailbox, email))
    cognito.fault("AdminCreateUser", "error_500")
    stranger.submit(password=PASSWORD, repeated=PASSWORD)
    assert stranger.page.status_code == 503
    stranger.submit(password=PASSWORD, repeated=PASSWORD)
    assert "all set" in stranger.text
    assert DirectoryUser.objects.get(email=email).status == UserStatus.ACTIVE
    assert kept(acme, browser.application) == [("failed", "unavailable", email), ("succeeded", "", email)]


def test_who_got_an_account_meanwhile_makes_no_other(
    browser: Browser, acme: Tenant, make_user: MakeUser, email: str, mailbox: Mailbox
) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    begin(browser, email)
    browser.get(link_of(mailbox, email))
    make_user(acme, email)
    assert browser.submit(password=PASSWORD, repeated=PASSWORD).status_code == 409
    assert kept(acme, browser.application) == [("failed", "account_exists", email)]


@pytest.mark.usefixtures("one_window")
def test_too_many_are_refused_whoever_has_the_address(
    browser: Browser, acme: Tenant, make_user: MakeUser, email: str
) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    make_user(acme, email)
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="acme")
    address = f"/acme/sign-up?request={browser.address.partition('request=')[2]}"
    for each in (email, f"no-{email}"):
        statuses = [browser.client.post(address, {"email": each}).status_code for _ in range(7)]
        assert statuses == [302] * 5 + [429] * 2
    assert kept(acme, browser.application) == [("limited", "too_many", None)] * 2


def test_an_address_with_an_account_is_answered_alike_and_told_by_mail(
    browser: Browser, acme: Tenant, make_user: MakeUser, email: str, mailbox: Mailbox
) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    ann = make_user(acme, email)
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="acme")
    address = f"/acme/sign-up?request={browser.address.partition('request=')[2]}"
    answers = [told(browser.client.post, address, {"email": each}, asked=[each]) for each in (f"no-{email}", email)]
    assert answers[0].status == 302
    assert differences(*answers) == []
    answer(AccountRequest.objects.get(email=email).pk)
    assert "There is one already" in body_text(mailbox.wait_for(email))
    assert DirectoryUser.objects.get(email=email).pk == ann.pk


def test_by_default_there_is_no_way_to_make_one(application: Application) -> None:
    TenantApplication.objects.create(tenant=TenantFactory.create(slug="acme"), application=application)
    browser = Browser(application)
    browser.authorize(organization="acme")
    assert "Make one" not in browser.text
    request_id = browser.address.partition("request=")[2]
    assert browser.get(f"/acme/sign-up?request={request_id}").status_code == 404
    assert AccountRequest.objects.count() == 0


def test_what_was_allowed_once_is_not_for_ever(browser: Browser, acme: Tenant, email: str, mailbox: Mailbox) -> None:
    allow(acme, SignUpPolicy.ANYONE)
    begin(browser, email)
    link = link_of(mailbox, email)
    allow(acme, SignUpPolicy.OFF)
    assert browser.get(link).status_code == 404
    assert not DirectoryUser.objects.filter(email=email).exists()


def test_only_addresses_of_proved_domains(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    allow(acme, SignUpPolicy.DOMAINS)
    domain = f"{uuid.uuid4().hex[:8]}.halden.com"
    claim = claim_domain(acme, name=domain, actor=system("test"))
    EmailDomain.objects.filter(pk=claim.pk).update(status=DomainStatus.PROVED)
    assert begin(browser, "nina@elsewhere.example") is None
    assert (browser.page.status_code, "own domains" in browser.text) == (422, True)
    browser.submit(email="nina@elsewhere.example", name="Nina")
    # As often as somebody tries, it is one line in a minute.
    assert kept(acme, browser.application) == [("failed", "address_not_taken", None)]
    begin(browser, f"nina@{domain}")
    assert "/acme/sign-up/" in link_of(mailbox, f"nina@{domain}")
