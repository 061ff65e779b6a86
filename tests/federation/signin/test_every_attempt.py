"""What keeps somebody out without their having mistaken anything is in the log of sign-ins, too."""

import json

import pytest

from federation.models import AuthEvent, AuthOutcome, SignInAttempt
from identity.cells import pool_ref
from identity.models import DirectoryUser
from tenants.models import Application, Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeUser
from tests.federation.signin.ways import EMAIL, allow, begin
from tests.support.by_hand import client_of
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")

NEW_PASSWORD = "Another-correct-horse-8"


def kept() -> list[tuple[str, str, str | None]]:
    """Way, reason and whose, of what did not succeed."""
    rows = AuthEvent.objects.filter(outcome=AuthOutcome.FAILED).order_by("pk")
    return list(rows.values_list("way", "reason", "user__email"))


def test_a_password_that_was_reset(browser: Browser, acme: Tenant, ann: DirectoryUser, assigned: Application) -> None:
    pool = pool_ref(acme.pool)
    client_of(pool).admin_reset_user_password(UserPoolId=pool.pool_id, Username=ann.username)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "asks you to choose a new password" in browser.text
    assert kept() == [("password", "reset_required", ann.email)]
    assert AuthEvent.objects.get().application == assigned


@pytest.mark.parametrize(("fault", "reason"), [("error_500", "unavailable"), ("access_denied", "misconfigured")])
def test_cognito_cannot_be_asked(
    browser: Browser, ann: DirectoryUser, cognito: LocalCognito, fault: str, reason: str
) -> None:
    """Whoever it is: an address that nobody has leaves the same line."""
    browser.authorize(organization="acme")
    for email in (ann.email, "nobody@acme.example"):
        cognito.fault("InitiateAuth", fault)
        assert browser.submit(email=email, password=PASSWORD).status_code == 503
        browser.authorize(organization="acme")
    assert kept() == [("password", reason, ann.email), ("password", reason, None)]


def test_cognito_cannot_be_asked_for_a_code(
    browser: Browser, acme: Tenant, ann: DirectoryUser, cognito: LocalCognito
) -> None:
    allow(acme, EMAIL)
    for email in (ann.email, "nobody@acme.example"):
        cognito.fault("InitiateAuth", "error_500")
        begin(browser, email, EMAIL)
    assert kept() == [("email_code", "unavailable", ann.email), ("email_code", "unavailable", None)]


def test_an_answer_that_comes_too_late(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    tom = make_user(acme, "tom@acme.example", temporary=True)
    browser.sign_in(tom.email, PASSWORD, organization="acme")
    attempt = SignInAttempt.objects.get()
    # Cognito forgets its sessions after three minutes, and says the same of one that it never gave.
    attempt.seal_secrets(json.dumps({**json.loads(attempt.secrets), "session": "gone" * 10}))
    attempt.save(update_fields=["secrets_encrypted"])
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert kept() == [("new_password", "session_expired", tom.email)]


@pytest.mark.usefixtures("one_window")
def test_too_many_mails_to_choose_a_password(browser: Browser, ann: DirectoryUser) -> None:
    """One line for each address, whoever has it, and nobody is looked up for it."""
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="acme")
    address = f"/acme/password?request={browser.address.partition('request=')[2]}"
    for email in (ann.email, "nobody@acme.example"):
        statuses = [browser.client.post(address, {"email": email}).status_code for _ in range(7)]
        assert statuses == [302] * 5 + [429] * 2
    rows = AuthEvent.objects.filter(user=None).values_list("way", "outcome", "reason")
    assert list(rows) == [("reset", "limited", "too_many")] * 2
    assert AuthEvent.objects.count() == 2
