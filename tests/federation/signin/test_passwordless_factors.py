"""A tenant that does without passwords, and the second factors that would shut their owners out."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.utils import timezone

from federation.models import AccountRequest, AccountRequestKind, SignInAttempt
from federation.signin.account_mail import answer
from identity.cognito.calls import Call, Outcome
from identity.cognito.hooks import hooks
from identity.models import DirectoryUser
from identity.services.users import reset_user_mfa
from tenants.actor import system
from tenants.models import PoolKind, SignInPolicy, Tenant, TenantApplication
from tests.federation.app_codes import app_on
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.signin.test_passwordless import NOT_USED, without_passwords
from tests.federation.signin.test_recovery_codes import enrol
from tests.federation.signin.ways import EMAIL, begin
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")


def test_no_second_factor_is_set_up_after_a_password(
    browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito
) -> None:
    """Cognito asks for it after a password alone: its owner would not come in any more."""
    user = make_user(acme, "otto-18@acme.example")
    SignInPolicy.objects.filter(tenant=acme).update(mfa="optional")
    DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=None)
    browser.sign_in(user.email, PASSWORD, organization="acme")
    assert SignInAttempt.objects.get().step == "totp_offer"
    secret = app_on(browser).secret
    without_passwords(acme)
    cognito.forget_calls()
    browser.submit(code=pyotp.TOTP(secret).now())
    assert (browser.page.status_code, NOT_USED in browser.text) == (403, True)
    assert "VerifySoftwareToken" not in cognito.operations()
    user.refresh_from_db()
    assert not user.has_totp


def test_nor_while_passwords_are_taken_until_the_codes_are_there(
    browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito
) -> None:
    """The policy does without already, and Cognito does not send the codes yet: who declines is let in meanwhile."""
    users = [make_user(acme, f"otto-2{number}@acme.example") for number in (1, 2)]
    SignInPolicy.objects.filter(tenant=acme).update(mfa="optional")
    DirectoryUser.objects.update(totp_declined_at=None)
    sets_up, declines = browser, Browser(browser.application)
    for each, user in zip((sets_up, declines), users, strict=True):
        each.sign_in(user.email, PASSWORD, organization="acme")
    secret = app_on(sets_up).secret
    SignInPolicy.objects.filter(tenant=acme).update(mfa="off", password_allowed=False)
    acme.policy.refresh_from_db()
    assert acme.policy.takes_passwords
    cognito.forget_calls()
    sets_up.submit(code=pyotp.TOTP(secret).now())
    assert (sets_up.page.status_code, NOT_USED in sets_up.text) == (403, True)
    assert "VerifySoftwareToken" not in cognito.operations()
    declines.submit(later="yes")
    assert "code" in declines.answer()


def test_who_has_a_second_factor_that_nobody_knew_of_is_told(
    make_tenant: MakeTenant, make_user: MakeUser, application: Any, mailbox: Mailbox
) -> None:
    """In a shared pool, whose other tenants have them: Cognito sends no code to whoever has one."""
    tenant = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=tenant, application=application)
    user, browser = make_user(tenant, "otto-20@acme.example"), Browser(application)
    DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=None)
    browser.sign_in(user.email, PASSWORD, organization="acme")
    enrol(browser)
    DirectoryUser.objects.filter(pk=user.pk).update(has_totp=False)
    without_passwords(tenant)
    begin(Browser(application), user.email, EMAIL)
    answer(AccountRequest.objects.get().pk)
    assert "ask an administrator of your organization to reset" in body_text(mailbox.wait_for(user.email))
    user.refresh_from_db()
    assert user.has_totp


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_factor_that_an_administrator_reset_is_none_that_nobody_knew_of(
    browser: Browser,
    acme: Tenant,
    make_user: MakeUser,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """Cognito has it until the worker is through: what it says is not kept, or the page would show it for ever."""
    user = make_user(acme, f"otto-{when}@acme.example")
    SignInPolicy.objects.filter(tenant=acme).update(mfa="optional")
    DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=None)
    browser.sign_in(user.email, PASSWORD, organization="acme")
    enrol(browser)
    without_passwords(acme)

    class Reset:
        def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
            reset_user_mfa(acme, user.pk, actor=system("test"))

    if when == "before":
        reset_user_mfa(acme, user.pk, actor=system("test"))
    DirectoryUser.objects.filter(pk=user.pk).update(has_totp=False)
    asked = AccountRequest.objects.create(
        tenant=acme,
        kind=AccountRequestKind.PASSWORD,
        email=user.email,
        mail_owed=True,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    if when == "meanwhile":
        monkeypatch.setattr(hooks, "observers", [Reset()])
    answer(asked.pk)
    user.refresh_from_db()
    assert user.mfa_reset_wanted
    assert not user.has_second_factor
    assert mailbox.messages_to(user.email) == []
