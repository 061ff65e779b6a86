"""A forgotten password, one that has to be replaced, and a temporary one that has expired: never a dead end."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.conf import settings
from django.utils import timezone

from federation.models import AccountRequest, BrowserSession, SecurityNotice
from federation.signin.account_mail import answer
from identity.cells import pool_ref
from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import invite_user, revoke_invitation
from identity.sync import engine
from tenants.actor import system
from tenants.models import Application, AuditEvent, Invitation, PoolSettings, SyncKind, Tenant, TenantApplication
from tests.factories import TenantFactory
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeUser
from tests.support.by_hand import client_of
from tests.support.codes import mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text
from tests.support.telling import Told, differences, told

pytestmark = pytest.mark.urls("config.urls.signin")

NEW_PASSWORD = "Another-correct-horse-8"


@pytest.fixture
def ann(acme: Tenant, make_user: MakeUser) -> DirectoryUser:
    """A user of acme whose mailbox no other test writes to."""
    return make_user(acme, f"ann-{uuid.uuid4().hex[:8]}@acme.example")


@pytest.fixture
def elsewhere(application: Application) -> Browser:
    """A browser at a tenant of which Cognito knows nothing, which these pages have no need of."""
    tenant = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=tenant, application=application)
    return Browser(application)


def ask(browser: Browser, email: str) -> AccountRequest:
    """Ask for a new password as the pages do, and answer as the worker does."""
    browser.authorize(organization="acme")
    browser.get(link_on(browser, "Forgot your password?"))
    browser.submit(email=email)
    asked = AccountRequest.objects.latest("created_at")
    answer(asked.pk)
    return asked


def link_on(browser: Browser, words: str) -> str:
    found = re.search(rf'href="([^"]+)">{re.escape(words)}', browser.text)
    assert found, browser.text
    return found[1].replace("&amp;", "&")


def choose(browser: Browser, code: str, password: str = NEW_PASSWORD) -> None:
    browser.submit(code=code, password=password, repeated=password)


def link_mailed(user: DirectoryUser, mailbox: Mailbox, count: int = 1) -> str:
    """The path of the link to choose a password, sent as the worker does."""
    invitation = Invitation.objects.filter(user_id=user.pk, revoked_at__isnull=True).latest("created_at")
    engine.run(SyncKind.INVITATION, invitation.pk)
    text = body_text(mailbox.wait_for(user.email, count=count))
    link = next(word for word in text.split() if word.startswith(f"{settings.SIGNIN_URL}/"))
    return link.removeprefix(settings.SIGNIN_URL)


def test_a_forgotten_password_is_replaced_by_a_mailed_code(
    browser: Browser, ann: DirectoryUser, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    elsewhere = Browser(browser.application)
    tokens = elsewhere.tokens(ann.email, PASSWORD, organization="acme", scope="openid offline_access")
    asked = ask(browser, ann.email.upper())
    assert asked.email == ann.email
    choose(browser, "000000")
    assert browser.page.status_code == 422
    assert "not right" in browser.text
    code = mailed_code(mailbox, ann.email)
    choose(browser, code, "short")
    assert browser.page.status_code == 422
    assert NEW_PASSWORD not in browser.text
    choose(browser, f"{code[:3]} {code[3:]}")
    assert "Your password is changed" in browser.text

    # What began with the password before is over, here and, for whoever holds Cognito's own tokens, there.
    assert elsewhere.refresh(tokens["refresh_token"]).status_code == 400
    ann.refresh_from_db()
    assert not any(ann.may_hold_session(session.auth_time) for session in BrowserSession.objects.all())
    engine.run(SyncKind.USER, ann.pk)
    ann.refresh_from_db()
    assert "AdminUserGlobalSignOut" in cognito.operations()
    assert (ann.sign_outs_wanted, ann.sign_outs_done, ann.tokens_revoked_at) == (1, 1, None)
    event = AuditEvent.objects.get(action="user.password_reset")
    assert (event.actor_label, event.target_id) == (ann.email, str(ann.pk))
    assert [notice.email for notice in SecurityNotice.objects.filter(user=ann)] == [ann.email]

    browser.get(link_on(browser, "Sign in"))
    assert ann.email in browser.text
    assert browser.submit(email=ann.email, password=PASSWORD).status_code == 403
    browser.submit(email=ann.email, password=NEW_PASSWORD)
    assert "code" in browser.answer()


def test_a_code_serves_once_and_in_the_browser_that_asked(
    browser: Browser, ann: DirectoryUser, mailbox: Mailbox
) -> None:
    asked = ask(browser, ann.email)
    code = mailed_code(mailbox, ann.email)
    assert Browser(browser.application).get(f"/acme/password/{asked.pk}").status_code == 404
    choose(browser, code)
    browser.client.post(browser.address, {"code": code, "password": PASSWORD, "repeated": PASSWORD})
    assert AuditEvent.objects.filter(action="user.password_reset").count() == 1
    again = ask(Browser(browser.application), ann.email)
    assert again.pk != asked.pk


def test_everybody_is_answered_alike(
    browser: Browser, acme: Tenant, ann: DirectoryUser, make_user: MakeUser, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    """Of whomever the address is: in words, in what the database is asked, and in calls to Cognito."""
    disabled, federated = make_user(acme, "off@acme.example"), make_user(acme, "by-idp@acme.example")
    DirectoryUser.objects.filter(pk=disabled.pk).update(status=UserStatus.DISABLED)
    DirectoryUser.objects.filter(pk=federated.pk).update(cognito_status="EXTERNAL_PROVIDER")
    answers: dict[str, tuple[Told, Told, list[str]]] = {}
    for email in (ann.email, disabled.email, federated.email, "nobody@acme.example"):
        each = Browser(browser.application)
        each.client.handler.enforce_csrf_checks = False
        each.authorize(organization="acme")
        each.get(link_on(each, "Forgot your password?"))
        request_id = each.address.rpartition("request=")[2].partition("&")[0]
        first = told(each.client.post, each.address, {"email": email}, asked=[email, request_id])
        asked = AccountRequest.objects.latest("created_at")
        headers = tuple((name, value.replace(str(asked.pk), "<asked>")) for name, value in first.headers)
        answer(asked.pk)
        before = len(cognito.operations())
        sent = {"code": "123456", "password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        named = [email, quote_plus(email), asked.pk, request_id]
        second = told(each.client.post, f"/acme/password/{asked.pk}", sent, asked=named)
        answers[email] = (replace(first, headers=headers), second, cognito.operations()[before:])
        assert second.status == 422
    known = answers.pop(ann.email)
    assert known[2] == ["ConfirmForgotPassword"]
    for email, (first, second, calls) in answers.items():
        assert differences(first, known[0]) == [], email
        assert differences(second, known[1]) == [], email
        assert calls == known[2]
    assert "identity provider" in body_text(mailbox.wait_for(federated.email))
    assert mailbox.messages_to(disabled.email) == []
    assert mailbox.messages_to("nobody@acme.example") == []


@pytest.mark.usefixtures("long_waits")
def test_wrong_codes_are_refused_alike_however_many(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    """Cognito counts them for whoever has a code; we count them for everybody."""
    seen: dict[str, list[Any]] = {}
    for email in (ann.email, "nobody@acme.example"):
        each = Browser(browser.application)
        ask(each, email)
        seen[email] = []
        for _ in range(7):
            choose(each, "123456")
            seen[email].append((each.page.status_code, "not right" in each.text, "Too many" in each.text))
    assert seen[ann.email] == seen["nobody@acme.example"]
    assert seen[ann.email][-1] == (429, False, True)


@pytest.mark.usefixtures("one_window")
def test_so_many_mails_and_no_more(elsewhere: Browser) -> None:
    browser = elsewhere
    browser.authorize(organization="globex")
    forgotten = link_on(browser, "Forgot your password?")
    for _ in range(5):
        browser.get(forgotten)
        browser.submit(email="often@acme.example")
        assert browser.page.status_code == 200
    browser.get(forgotten)
    browser.submit(email="often@acme.example")
    assert browser.page.status_code == 429
    assert int(browser.page["Retry-After"]) > 0


def test_who_must_choose_another_password_is_led_there(
    browser: Browser, acme: Tenant, ann: DirectoryUser, mailbox: Mailbox
) -> None:
    pool = pool_ref(acme.pool)
    client_of(pool).admin_reset_user_password(UserPoolId=pool.pool_id, Username=ann.username)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "asks you to choose a new password" in browser.text
    answer(AccountRequest.objects.get().pk)
    # Cognito mailed a code when it was reset, of which the one that follows takes the place.
    choose(browser, mailed_code(mailbox, ann.email, count=2))
    assert "Your password is changed" in browser.text


def test_an_expired_temporary_password_leads_to_a_fresh_link(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    pool, email = pool_ref(acme.pool), f"tom-{uuid.uuid4().hex[:8]}@acme.example"
    client_of(pool).update_user_pool(
        UserPoolId=pool.pool_id,
        Policies={"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 0}},
    )
    tom = make_user(acme, email, temporary=True)
    browser.sign_in(email, "Wrong-password-9", organization="acme")
    assert (browser.page.status_code, "expired" in browser.text) == (403, False)
    browser.sign_in(email, PASSWORD, organization="acme")
    assert (browser.page.status_code, "has expired" in browser.text) == (403, True)
    answer(AccountRequest.objects.get().pk)
    link = link_mailed(tom, mailbox)
    # Until then nothing is another for them.
    assert DirectoryUser.objects.get(pk=tom.pk).status == UserStatus.ACTIVE
    browser.get(link)
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert "all set" in browser.text
    assert Browser(browser.application).get(link).status_code == 410
    browser.sign_in(email, NEW_PASSWORD, organization="acme")
    assert "code" in browser.answer()
    assert AuditEvent.objects.filter(action="user.invitation_asked", target_id=str(tom.pk)).count() == 1


def test_a_link_in_place_of_a_temporary_password_ends_with_what_makes_it_void(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    tom = make_user(acme, f"tom-{uuid.uuid4().hex[:8]}@acme.example", temporary=True)
    ask(browser, tom.email)
    link = link_mailed(tom, mailbox)
    DirectoryUser.objects.filter(pk=tom.pk).update(status=UserStatus.DISABLED)
    assert browser.get(link).status_code == 404


def test_who_is_invited_gets_another_link_unless_it_was_taken_back(
    browser: Browser, acme: Tenant, mailbox: Mailbox
) -> None:
    inviter = system("test")
    ivan = invite_user(acme, email=f"ivan-{uuid.uuid4().hex[:8]}@acme.example", name="", role="", actor=inviter)
    first = link_mailed(ivan, mailbox)
    ask(browser, ivan.email)
    second = link_mailed(ivan, mailbox, count=2)
    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200
    revoke_invitation(acme, ivan.pk, actor=inviter)
    ask(browser, ivan.email)
    assert not Invitation.objects.filter(user_id=ivan.pk, revoked_at__isnull=True).exists()


def test_where_administrators_set_passwords_nothing_is_mailed(elsewhere: Browser) -> None:
    browser = elsewhere
    PoolSettings.objects.create(pool=Tenant.objects.get(slug="globex").pool, recovery="admin_only")
    browser.authorize(organization="globex")
    browser.get(link_on(browser, "Forgot your password?"))
    assert "Ask an administrator" in browser.text
    assert AccountRequest.objects.count() == 0


def test_while_cognito_does_not_answer_the_request_waits(
    browser: Browser, ann: DirectoryUser, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    cognito.fault("ForgotPassword", "error_500")
    asked = ask(browser, ann.email)
    asked.refresh_from_db()
    assert asked.mail_owed
    AccountRequest.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    answer(asked.pk)
    assert mailed_code(mailbox, ann.email)
    asked.refresh_from_db()
    assert not asked.mail_owed
