"""The steps after the password: temporary passwords, codes, setting an authenticator app up; replays and races."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from django.db import connection
from django.test import Client

from federation.models import (
    AuthEvent,
    AuthorizationCode,
    AuthOutcome,
    BrowserSession,
    SecurityNotice,
    SignInAttempt,
)
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, AuditEvent, MfaPolicy, PoolKind, SignInPolicy, Tenant, TenantApplication
from tests.federation.app_codes import app_on, next_code, wrong_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")

NEW_PASSWORD = "Another-correct-horse-8"


def require_mfa(tenant: Tenant) -> None:
    """Let the tenant's policy ask for a second factor, and its pool follow where it is the tenant's own."""
    SignInPolicy.objects.filter(tenant=tenant).update(mfa=MfaPolicy.REQUIRED)
    reconcile(tenant)


def enrol(browser: Browser) -> pyotp.TOTP:
    """Set up an app on the page that asks for it, with its present code: the next one is left to be used."""
    assert "Set up your authenticator app" in browser.text
    app = app_on(browser)
    browser.submit(code=app.now())
    return app


def step_events(tenant: Tenant) -> list[str]:
    found = AuthEvent.objects.filter(tenant=tenant).exclude(outcome=AuthOutcome.SUCCEEDED).order_by("pk")
    return [event.reason for event in found]


# A temporary password.


def test_a_temporary_password_is_replaced(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    tom = make_user(acme, "tom@acme.example", temporary=True)
    browser.sign_in("tom@acme.example", PASSWORD, organization="acme")
    assert browser.page.status_code == 200
    assert "Choose a new password" in browser.text
    assert "tom@acme.example" in browser.text
    assert BrowserSession.objects.count() == 0

    browser.submit(password="short", repeated="short")
    assert browser.page.status_code == 422
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD + "x")
    assert browser.page.status_code == 422
    assert NEW_PASSWORD not in browser.text
    for weak in ("q1w2e3r4t5y6", "tom@acme.example1", f" {NEW_PASSWORD} "):
        browser.submit(password=weak, repeated=weak)
        assert browser.page.status_code == 422
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().user_id == tom.pk

    again = Browser(browser.application)
    assert again.sign_in("tom@acme.example", PASSWORD, organization="acme").status_code == 403
    again.sign_in("tom@acme.example", NEW_PASSWORD, organization="acme")
    assert "code" in again.answer()


def test_the_new_password_meets_the_tenants_own_minimum(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    SignInPolicy.objects.filter(tenant=acme).update(password_min_length=30)
    make_user(acme, "tom@acme.example", temporary=True)
    browser.sign_in("tom@acme.example", PASSWORD, organization="acme")
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert browser.page.status_code == 422
    assert "30 characters" in browser.text


def test_what_cognito_alone_refuses_is_said_beside_the_field(
    browser: Browser, acme: Tenant, make_user: MakeUser
) -> None:
    make_user(acme, "tom@acme.example", temporary=True)
    policy = SignInPolicy.objects.filter(tenant=acme)
    policy.update(password_min_length=30)
    reconcile(acme)
    policy.update(password_min_length=12)
    browser.sign_in("tom@acme.example", PASSWORD, organization="acme")
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert browser.page.status_code == 422
    assert "Choose another password. It is too short." in browser.text
    longer = f"{NEW_PASSWORD}-{NEW_PASSWORD}"
    browser.submit(password=longer, repeated=longer)
    assert "code" in browser.answer()


# The authenticator app.


@pytest.mark.parametrize("kind", [PoolKind.DEDICATED, PoolKind.SHARED])
def test_the_policy_asks_for_an_authenticator_app(
    kind: PoolKind, application: Application, make_tenant: MakeTenant, make_user: MakeUser, cognito: LocalCognito
) -> None:
    tenant = make_tenant("acme", kind)
    TenantApplication.objects.create(tenant=tenant, application=application)
    require_mfa(tenant)
    ann = make_user(tenant, "ann@acme.example")
    browser = Browser(application)
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    # A dedicated pool demands it itself (MFA_SETUP); in a shared one the sign-in does, with the access token.
    setup_challenge = "RespondToAuthChallenge" in cognito.operations() and kind == PoolKind.DEDICATED
    assert 'src="data:image/svg+xml;base64,' in browser.text
    assert BrowserSession.objects.count() == 0
    attempt = SignInAttempt.objects.get()
    assert app_on(browser).secret.encode() not in bytes(attempt.secrets_encrypted)
    app = enrol(browser)
    assert "code" in browser.answer()
    session = BrowserSession.objects.get()
    assert session.amr == ["pwd", "otp", "mfa"]
    assert AuditEvent.objects.filter(action="user.totp_enrolled", target_id=str(ann.pk)).count() == 1
    assert SecurityNotice.objects.get(kind="authenticator_added").email == ann.email
    ann.refresh_from_db()
    assert ann.has_totp is True
    assert bytes(SignInAttempt.objects.get().secrets_encrypted) == b""
    assert ("SetUserMFAPreference" in cognito.operations()) is not setup_challenge

    second = Browser(application)
    second.sign_in("ann@acme.example", PASSWORD, organization="acme")
    assert "Enter your code" in second.text
    second.submit(code=next_code(app))
    assert "code" in second.answer()


def test_a_wrong_code_may_be_corrected(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    require_mfa(acme)
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    browser.submit(code=wrong_code(app_on(browser)))
    assert browser.page.status_code == 422
    assert "not right" in browser.text
    browser.submit(code="12ab")
    assert browser.page.status_code == 422
    app = enrol(browser)
    assert "code" in browser.answer()

    second = Browser(browser.application)
    second.sign_in("ann@acme.example", PASSWORD, organization="acme")
    second.submit(code=wrong_code(app))
    assert second.page.status_code == 422
    code = next_code(app)
    second.submit(code=f"{code[:3]} {code[3:]}")
    assert "code" in second.answer()
    assert step_events(acme) == ["wrong_code", "wrong_code"]


def test_a_temporary_password_and_then_the_app(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    require_mfa(acme)
    make_user(acme, "tom@acme.example", temporary=True)
    browser.sign_in("tom@acme.example", PASSWORD, organization="acme")
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    enrol(browser)
    assert "code" in browser.answer()


def test_a_policy_that_becomes_strict_asks_a_session_again(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    assert "code" in browser.answer()
    require_mfa(acme)
    browser.authorize(organization="acme", nonce="second")
    browser.submit(email="ann@acme.example", password=PASSWORD)
    enrol(browser)
    assert "code" in browser.answer()


def test_who_is_disabled_during_set_up_does_not_get_in(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    tenant = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=tenant, application=application)
    require_mfa(tenant)
    make_user(tenant, "ann@acme.example")
    browser = Browser(application)
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    DirectoryUser.objects.update(status=UserStatus.DISABLED)
    enrol(browser)
    assert browser.page.status_code == 403
    assert BrowserSession.objects.count() == AuthorizationCode.objects.count() == 0


# Replays, races, and steps that are skipped.


def at_code(browser: Browser, acme: Tenant) -> pyotp.TOTP:
    """A browser at the page that asks for a code, and the app that has it."""
    require_mfa(acme)
    first = Browser(browser.application)
    first.sign_in("ann@acme.example", PASSWORD, organization="acme")
    app = enrol(first)
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    assert "Enter your code" in browser.text
    return app


def test_a_step_sent_twice_is_refused(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    app = at_code(browser, acme)
    address, fields = browser.address, {**browser.hidden(), "code": next_code(app)}
    browser.submit(code=next_code(app))
    assert "code" in browser.answer()
    assert browser.client.post(address, fields).status_code == 404
    assert BrowserSession.objects.count() == 2


def test_an_earlier_form_of_a_step_is_refused(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    app = at_code(browser, acme)
    address, stale = browser.address, browser.hidden()
    browser.submit(code=wrong_code(app))
    response = browser.client.post(address, {**stale, "code": next_code(app)})
    assert response.status_code == 409
    assert BrowserSession.objects.count() == 1
    browser.submit(code=next_code(app))
    assert "code" in browser.answer()


def test_codes_guessed_at_once_reach_cognito_once(
    browser: Browser, acme: Tenant, ann: DirectoryUser, cognito: LocalCognito
) -> None:
    at_code(browser, acme)
    address, fields = browser.address, browser.hidden()
    cognito.forget_calls()

    def guess(number: int) -> int:
        try:
            client = Client()
            client.cookies = browser.client.cookies
            return int(client.post(address, {**fields, "code": f"{number:06d}"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(guess, range(6)))
    assert statuses == [409] * 5 + [422]
    assert cognito.operations() == ["RespondToAuthChallenge"]


def test_steps_cannot_be_skipped_or_taken_over(
    browser: Browser, acme: Tenant, ann: DirectoryUser, make_tenant: MakeTenant, assigned: Application
) -> None:
    at_code(browser, acme)
    address = browser.address
    for other in ("authenticator", "new-password"):
        assert browser.client.get(address.replace("/code", f"/{other}")).status_code == 404
    assert (
        browser.client.get(
            address.replace(str(SignInAttempt.objects.latest("created_at").pk), str(uuid.uuid4()))
        ).status_code
        == 404
    )
    stranger = Browser(assigned)
    stranger.authorize(organization="acme")
    assert stranger.get(address).status_code == 404
    globex = make_tenant("globex")
    TenantApplication.objects.create(tenant=globex, application=assigned)
    assert browser.client.get(address.replace("/acme/", "/globex/")).status_code == 404
    for turn in ("", "nonsense", str(uuid.uuid4())):
        fields = {"csrfmiddlewaretoken": browser.hidden()["csrfmiddlewaretoken"], "turn": turn, "code": "123456"}
        assert browser.client.post(address, fields).status_code == 409
    assert BrowserSession.objects.count() == 1


def test_a_reset_factor_is_set_up_anew(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    at_code(browser, acme)
    users.reset_factors(pool_ref(acme.pool), ann.username, priority=Priority.CONFIGURATION)
    again = Browser(browser.application)
    again.sign_in("ann@acme.example", PASSWORD, organization="acme")
    assert "Set up your authenticator app" in again.text
