"""Codes by mail and text message as second factors, and the choice between several, on the pages of a sign-in."""

import pytest

from federation.models import BrowserSession, SecurityNotice, SignInAttempt
from federation.services.attempts import MAX_CODES_SENT
from federation.signin.cognito import client_ref
from identity import auth
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import AppClient, DirectoryUser
from tenants.factors import SecondFactor
from tenants.models import AuditEvent, MfaPolicy, PoolKind, SignInPolicy
from tests.federation.app_codes import next_code
from tests.federation.factor_scene import Scene, scene

__all__ = ["scene"]

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_mailed_code_is_asked_for_and_counts(scene: Scene) -> None:
    scene.has(SecondFactor.EMAIL)
    browser = scene.sign_in()
    assert "Check your mail" in browser.text
    assert "m***@m***" in browser.text
    assert BrowserSession.objects.count() == 0
    assert browser.submit(code="12").status_code == 422
    assert browser.submit(code="00000000").status_code == 422, browser.text
    assert "not right" in browser.text
    browser.submit(code=scene.mailed())
    assert "code" in browser.answer()
    session = BrowserSession.objects.get()
    assert (session.amr, session.acr) == (["pwd", "email", "mfa"], "urn:lifeguard:acr:multi-factor")
    scene.person.refresh_from_db()
    assert (scene.person.has_totp, scene.person.other_factors, scene.person.has_second_factor) == (
        False,
        ["email"],
        True,
    )


def test_of_several_a_person_chooses_and_a_forbidden_one_is_not_offered(scene: Scene) -> None:
    app = scene.has(SecondFactor.TOTP, SecondFactor.EMAIL)
    assert app is not None
    browser = scene.sign_in()
    assert "Choose a second factor" in browser.text
    assert browser.submit(factor="sms").status_code == 422
    first = browser.hidden()["turn"]
    browser.submit(factor="email")
    assert "Check your mail" in browser.text
    # The choice was answered: its form does nothing any more.
    address = browser.form_action().replace("mailed-code", "factor")
    assert browser.client.post(address, {**browser.hidden(), "turn": first, "factor": "totp"}).status_code == 404
    browser.submit(code=scene.mailed())
    assert "code" in browser.answer()
    scene.policy(MfaPolicy.OPTIONAL, ["totp"])
    again = scene.sign_in()
    assert "Open your authenticator app" in again.text
    again.submit(code=next_code(app))
    assert "code" in again.answer()


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_no_more_codes_are_sent_than_somebody_gets_by_right(scene: Scene) -> None:
    scene.has(SecondFactor.EMAIL)
    assert "Check your mail" in scene.sign_in().text
    SignInAttempt.objects.update(codes_sent=MAX_CODES_SENT)
    scene.cognito.forget_calls()
    assert scene.sign_in().page.status_code == 429
    assert scene.cognito.operations() == []


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_wrong_codes_are_added_up_over_sign_ins(scene: Scene) -> None:
    scene.has(SecondFactor.EMAIL)
    scene.sign_in()
    SignInAttempt.objects.update(code_tries=10)
    browser = scene.sign_in()
    code = scene.mailed(2)
    browser.submit(code=code)
    assert browser.page.status_code == 429
    assert BrowserSession.objects.count() == 0


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_a_factor_that_does_not_count_leads_to_one_that_does(scene: Scene) -> None:
    """In a shared pool Cognito goes on asking for what a tenant allows no more."""
    scene.has(SecondFactor.EMAIL)
    scene.policy(MfaPolicy.REQUIRED, ["totp"])
    browser = scene.sign_in()
    browser.submit(code=scene.mailed())
    assert "Set up your authenticator app" in browser.text
    assert BrowserSession.objects.count() == 0


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_who_needs_one_chooses_and_shows_that_codes_arrive_by_mail(scene: Scene) -> None:
    scene.policy(MfaPolicy.REQUIRED, ["totp", "email"])
    browser = scene.sign_in()
    assert "Set up a second factor" in browser.text
    assert "Code by SMS" not in browser.text
    browser.submit(factor="email")
    assert browser.submit(code="00000000").status_code == 422
    # Another way, and back.
    browser.submit(other="yes")
    browser.submit(factor="email")
    first = scene.mailed(2)
    browser.submit(again="yes")
    browser.submit(code=scene.mailed(3))
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["pwd", "email", "mfa"]
    assert first not in str(SignInAttempt.objects.values())
    event = AuditEvent.objects.get(action="user.factor_enrolled")
    assert event.after == {"factor": "email"}
    assert SecurityNotice.objects.filter(user=scene.person, kind="factor_added").count() == 1
    # From now on it is asked for.
    again = scene.sign_in()
    assert "Check your mail" in again.text
    again.submit(code=scene.mailed(4))
    assert "code" in again.answer()


@pytest.mark.parametrize("scene", [PoolKind.DEDICATED], indirect=True)
def test_a_dedicated_pool_that_requires_one_sends_a_code_without_being_set_up(scene: Scene) -> None:
    """Cognito asks for what a user has an address for (developer guide, "Adding MFA to a user pool")."""
    scene.policy(MfaPolicy.REQUIRED, ["totp", "email"])
    browser = scene.sign_in()
    browser.submit(code=scene.mailed())
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["pwd", "email", "mfa"]


def test_a_number_is_given_and_shown_to_work(scene: Scene) -> None:
    """Optional in both isolations, and offered."""
    DirectoryUser.objects.update(totp_declined_at=None)
    browser = scene.sign_in()
    assert "Add a second factor" in browser.text
    browser.submit(factor="sms")
    assert browser.submit(number="0770090012").status_code == 422
    browser.submit(number=f"{scene.number[:3]} {scene.number[3:]}")
    assert "Check your phone" in browser.text
    browser.submit(code=scene.texted())
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["pwd", "sms", "mfa"]
    again = scene.sign_in()
    assert "Check your phone" in again.text
    again.submit(code=scene.texted())
    assert "code" in again.answer()
    scene.person.refresh_from_db()
    assert scene.person.other_factors == ["sms"]


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_a_number_that_the_organization_keeps_is_not_given_up_while_signing_in(scene: Scene) -> None:
    client = client_ref(AppClient.objects.get(tenant=scene.tenant, purpose=AppClient.SIGN_IN))
    verified = {"phone_number": scene.number, "phone_number_verified": "true"}
    users.update_attributes(client.pool, scene.person.username, verified, priority=Priority.SIGN_IN)
    scene.policy(MfaPolicy.REQUIRED, ["totp", "sms"])
    SignInPolicy.objects.filter(tenant=scene.tenant).update(own_details={"phone_number": "see"})
    browser = scene.sign_in()
    browser.submit(factor="sms")
    assert browser.submit(number="+447700900123").status_code == 409
    assert "Your organization keeps this." in browser.text
    assert auth.phone_of(client.pool, scene.person.username) == auth.Phone(scene.number, is_verified=True)
    browser.submit(number=scene.number)
    browser.submit(code=scene.texted())
    assert "code" in browser.answer()


@pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)
def test_who_says_not_now_is_let_in(scene: Scene) -> None:
    DirectoryUser.objects.update(totp_declined_at=None)
    browser = scene.sign_in()
    browser.submit(later="yes")
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["pwd"]
