"""A tenant that does without passwords: who gets in by what, and that no password is of any use anywhere."""

import json
from typing import Any

import jwt
import pytest

from federation.models import AccountRequest, AuthEvent, BrowserSession, SignInAttempt
from federation.signin.account_mail import answer
from identity.models import DirectoryUser, UserStatus
from identity.services.acceptance import accept_invitation
from tenants.actor import ANONYMOUS
from tenants.models import PoolKind, SignInPolicy, SignUpPolicy, Tenant, TenantApplication
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, issuer
from tests.federation.signin.test_forgotten import link_mailed
from tests.federation.signin.test_passkeys import options_in
from tests.federation.signin.ways import EMAIL, PASSKEY, allow, begin
from tests.federation.test_invitation import invite
from tests.support.authenticator import Passkey
from tests.support.codes import mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")
NOT_USED = "does not use passwords"


def without_passwords(tenant: Tenant, *ways: str) -> None:
    """Let a tenant do without, as its policy page does."""
    SignInPolicy.objects.filter(tenant=tenant).update(mfa="off", password_allowed=False)
    tenant.policy.refresh_from_db()
    allow(tenant, *(ways or (EMAIL,)))


def claims_of(browser: Browser) -> dict[str, Any]:
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    claims: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return claims


@pytest.mark.parametrize("kind", [PoolKind.DEDICATED, PoolKind.SHARED])
def test_the_page_has_the_address_and_the_ways_alone(
    kind: PoolKind, make_tenant: MakeTenant, make_user: MakeUser, application: Any, mailbox: Mailbox
) -> None:
    tenant = make_tenant("acme", kind)
    TenantApplication.objects.create(tenant=tenant, application=application)
    email = f"otto-{kind}@acme.example"
    make_user(tenant, email)
    without_passwords(tenant, PASSKEY, EMAIL)
    browser = Browser(application)
    browser.authorize(organization="acme")
    assert 'name="password"' not in browser.text
    assert "Forgot your password" not in browser.text
    assert browser.text.index("Mail me a code") < browser.text.index("Use a passkey")
    assert browser.text.count("btn--primary") == 1
    browser.submit(email=email, way=EMAIL)
    assert "signs in with the password" not in browser.text
    browser.submit(code=mailed_code(mailbox, email))
    assert "passkey" in browser.text
    browser.submit(later="yes")
    assert claims_of(browser)["amr"] == ["email"]


def test_no_password_is_taken(browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito) -> None:
    user = make_user(acme, "otto-11@acme.example")
    without_passwords(acme)
    seen = set()
    for email in (user.email, "nobody-11@acme.example"):
        cognito.forget_calls()
        browser.authorize(organization="acme")
        browser.submit(email=email, password=PASSWORD)
        assert NOT_USED in browser.text
        seen.add((browser.page.status_code, *cognito.operations()))
    assert seen == {(403,)}
    assert {(event.reason, event.way) for event in AuthEvent.objects.all()} == {("password_not_used", "password")}


def test_no_password_is_reset(browser: Browser, ann: DirectoryUser, acme: Tenant, cognito: LocalCognito) -> None:
    browser.authorize(organization="acme")
    open_address = browser.address
    request_id = open_address.partition("request=")[2]
    asked = f"/acme/password?request={request_id}"
    browser.get(asked)
    browser.submit(email=ann.email)
    reset_page = browser.address
    without_passwords(acme)
    cognito.forget_calls()
    # Neither asked for, nor finished by a code that was mailed before.
    for address in (asked, reset_page):
        browser.get(address)
        assert (browser.page.status_code, NOT_USED in browser.text) == (403, True)
        token = browser.client.cookies["csrftoken"].value if "csrftoken" in browser.client.cookies else ""
        posted = browser.client.post(
            address,
            {"email": ann.email, "code": "123456", "password": PASSWORD, "repeated": PASSWORD},
            headers={"X-CSRFToken": token},
        )
        assert posted.status_code == 403
    assert "ConfirmForgotPassword" not in cognito.operations()


def test_what_began_with_a_password_ends(
    browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito
) -> None:
    """At whatever step: the replaced password, or an offer after it."""
    temporary, other = make_user(acme, "tim-12@acme.example", temporary=True), make_user(acme, "otto-12@acme.example")
    browser.sign_in(temporary.email, PASSWORD, organization="acme")
    assert SignInAttempt.objects.get().step == "new_password"
    SignInPolicy.objects.filter(tenant=acme).update(mfa="optional")
    DirectoryUser.objects.filter(pk=other.pk).update(totp_declined_at=None)
    offered = Browser(browser.application)
    offered.sign_in(other.email, PASSWORD, organization="acme")
    assert "Not now" in offered.text
    without_passwords(acme)
    browser.submit(password="Another-correct-horse-8", repeated="Another-correct-horse-8")
    assert (browser.page.status_code, NOT_USED in browser.text) == (403, True)
    offered.submit(later="yes")
    assert (offered.page.status_code, NOT_USED in offered.text) == (403, True)
    assert not BrowserSession.objects.exists()


def test_no_passkey_is_kept_after_a_password(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    """Whoever stole one does not stay by it."""
    user = make_user(acme, "otto-19@acme.example")
    allow(acme, PASSKEY, EMAIL)
    SignInPolicy.objects.filter(tenant=acme).update(mfa="off")
    browser.sign_in(user.email, PASSWORD, organization="acme")
    assert SignInAttempt.objects.get().step == "passkey_offer"
    made = json.dumps(Passkey(issuer()).made_for(options_in(browser)))
    without_passwords(acme, PASSKEY, EMAIL)
    browser.submit(credential=made)
    assert (browser.page.status_code, NOT_USED in browser.text) == (403, True)
    user.refresh_from_db()
    assert not user.has_passkey


def test_who_is_invited_chooses_no_password(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    without_passwords(acme)
    user, link = invite(acme, "ivan-13@acme.example", mailbox)
    assert "password" not in body_text(mailbox.wait_for(user.email)).replace("need no password", "")
    browser.get(link)
    assert 'type="password"' not in browser.text
    browser.submit()
    assert "all set" in browser.text
    user.refresh_from_db()
    assert (user.status, bool(user.cognito_sub)) == (UserStatus.ACTIVE, True)
    begin(browser, user.email, EMAIL)
    browser.submit(code=mailed_code(mailbox, user.email, count=2))
    assert claims_of(browser)["sub"] == str(user.pk)


def test_a_password_that_is_sent_along_is_not_theirs(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    without_passwords(acme)
    user, link = invite(acme, "ivan-14@acme.example", mailbox)
    accept_invitation(acme, link.rpartition("/")[2], PASSWORD, actor=ANONYMOUS)
    SignInPolicy.objects.filter(tenant=acme).update(password_allowed=True)
    browser.sign_in(user.email, PASSWORD, organization="acme")
    assert browser.page.status_code == 403


def test_who_makes_an_account_chooses_no_password(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    without_passwords(acme)
    SignInPolicy.objects.filter(tenant=acme).update(sign_up=SignUpPolicy.ANYONE)
    browser.authorize(organization="acme")
    request_id = browser.address.partition("request=")[2]
    browser.get(f"/acme/sign-up?request={request_id}")
    browser.submit(email="nina-15@acme.example", name="Nina")
    assert "to choose your password" not in browser.text
    answer(AccountRequest.objects.get().pk)
    text = body_text(mailbox.wait_for("nina-15@acme.example"))
    assert "password" not in text
    link = next(word for word in text.split() if "/sign-up/" in word)
    browser.get(f"/{link.split('/', 3)[3]}")
    browser.submit()
    assert 'value="nina-15@acme.example"' in browser.text
    browser.submit(email="nina-15@acme.example", way=EMAIL)
    browser.submit(code=mailed_code(mailbox, "nina-15@acme.example", count=2))
    assert claims_of(browser)["email"] == "nina-15@acme.example"


def test_whom_no_code_reaches_is_mailed_a_link(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    """Somebody with a temporary password from before; nobody sees on the pages who that is."""
    without_passwords(acme)
    temporary = make_user(acme, "tim-16@acme.example", temporary=True)
    able = make_user(acme, "otto-16@acme.example")
    DirectoryUserFactory.create(tenant=acme, email="dora-16@acme.example", status=UserStatus.DISABLED)
    for email in (able.email, temporary.email, "dora-16@acme.example", "nobody-16@acme.example"):
        begin(browser, email, EMAIL)
        assert "Check your mail" in browser.text
    owed = AccountRequest.objects.order_by("created_at")
    assert [asked.email for asked in owed] == [temporary.email, "dora-16@acme.example", "nobody-16@acme.example"]
    for asked in owed:
        answer(asked.pk)
    link = link_mailed(temporary, mailbox)
    browser.get(link)
    browser.submit()
    assert browser.page.status_code == 200, browser.text
    begin(browser, temporary.email, EMAIL)
    browser.submit(code=mailed_code(mailbox, temporary.email, count=2))
    assert claims_of(browser)["sub"] == str(temporary.pk)
    for email in ("dora-16@acme.example", "nobody-16@acme.example"):
        assert mailbox.messages_to(email) == []


def test_the_account_page_has_no_password_and_no_second_factor(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    user = make_user(acme, "otto-17@acme.example")
    without_passwords(acme)
    begin(browser, user.email, EMAIL)
    browser.submit(code=mailed_code(mailbox, user.email))
    security = browser.get("/acme/account/security").content.decode()
    for words in ("Change your password", "Recovery codes", "Authenticator app"):
        assert words not in security
    for path, status in (("password", 403), ("authenticator", 404)):
        assert browser.client.get(f"/acme/account/{path}").status_code == status
    # An application that asks for two factors gets what there is, and nobody is made to set one up.
    browser.authorize(organization="acme", acr_values="urn:lifeguard:acr:multi-factor", prompt="login")
    browser.submit(email=user.email, way=EMAIL)
    browser.submit(code=mailed_code(mailbox, user.email, count=2))
    assert claims_of(browser)["acr"] == "urn:lifeguard:acr:code"
