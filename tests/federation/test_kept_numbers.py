"""Numbers that the organization keeps stay with people who use a recovery code, until an administrator resets them."""

import pytest

from federation.models import NumberChange
from federation.services.number_changes import begin_change
from federation.services.recovery_codes import make_codes
from federation.signin.cognito import client_ref
from identity import auth
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import AppClient
from identity.services.users import reset_user_mfa
from tenants.actor import system
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, PoolKind, SignInPolicy
from tests.federation.browser import Browser
from tests.federation.factor_scene import Scene, scene
from tests.federation.signin.test_recovery_codes import link_on
from tests.support.codes import code_in

__all__ = ["scene"]

pytestmark = [
    pytest.mark.urls("config.urls.signin"),
    pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True),
]
OTHER = "+447700900123"


def after_a_recovery_code(scene: Scene, access: str) -> Browser:
    """Somebody to whom codes went by SMS has used a recovery code, and sets SMS up anew."""
    client = client_ref(AppClient.objects.get(tenant=scene.tenant, purpose=AppClient.SIGN_IN))
    verified = {"phone_number": scene.number, "phone_number_verified": "true"}
    users.update_attributes(client.pool, scene.person.username, verified, priority=Priority.SIGN_IN)
    scene.has(SecondFactor.SMS)
    scene.policy(MfaPolicy.REQUIRED, ["totp", "sms"])
    SignInPolicy.objects.filter(tenant=scene.tenant).update(own_details={"phone_number": access})
    codes = make_codes(scene.person, actor=system("test"))
    browser = scene.sign_in()
    browser.get(link_on(browser, "Use a recovery code"))
    browser.submit(code=codes[0])
    assert auth.phone_of(client.pool, scene.person.username) == auth.Phone(scene.number, is_verified=False)
    browser = scene.sign_in()
    browser.submit(factor="sms")
    return browser


def test_a_number_that_is_kept_is_set_up_again_and_no_other(scene: Scene) -> None:
    browser = after_a_recovery_code(scene, "see")
    assert browser.submit(number=OTHER).status_code == 409
    assert "Your organization keeps this." in browser.text
    assert browser.submit(number=scene.number).status_code == 200
    assert "Check your phone" in browser.text
    # Nor by one more of the codes, nor on the account page.
    browser.submit(code=scene.texted())
    assert "code" in browser.answer()
    codes = make_codes(scene.person, actor=system("test"))
    browser = scene.sign_in()
    browser.get(link_on(browser, "Use a recovery code"))
    browser.submit(code=codes[0])
    browser = scene.sign_in()
    browser.submit(factor="sms")
    assert browser.submit(number=OTHER).status_code == 409
    # An administrator frees it; what nobody has shown to be theirs can be mended.
    reset_user_mfa(scene.tenant, scene.person.pk, actor=system("test"))
    browser = scene.sign_in()
    browser.submit(factor="sms")
    assert browser.submit(number=OTHER).status_code == 200
    browser.submit(other="yes")
    browser.submit(factor="sms")
    assert browser.submit(number=scene.number).status_code == 200


def test_where_numbers_are_theirs_another_can_be_given(scene: Scene) -> None:
    browser = after_a_recovery_code(scene, "change")
    assert browser.submit(number=OTHER).status_code == 200
    assert "Check your phone" in browser.text


def test_a_code_that_comes_after_the_number_was_given_back_proves_no_other(scene: Scene) -> None:
    scene.policy(MfaPolicy.REQUIRED, ["totp", "sms"])
    pool = client_ref(AppClient.objects.get(tenant=scene.tenant, purpose=AppClient.SIGN_IN)).pool
    begin_change(scene.person, scene.number, None)
    browser = scene.sign_in()
    browser.submit(factor="sms")
    browser.submit(number=OTHER)
    code = code_in(scene.cognito.texts_to(OTHER)[-1])
    known = {"phone_number": scene.number, "phone_number_verified": "true"}
    users.update_attributes(pool, scene.person.username, known, priority=Priority.SIGN_IN)
    assert browser.submit(code=code).status_code == 422
    assert "not right" in browser.text
    assert auth.phone_of(pool, scene.person.username) == auth.Phone(scene.number, is_verified=True)
    assert NumberChange.objects.exists()
    # They begin again with the number, and nothing is left to be given back.
    browser.submit(other="yes")
    browser.submit(factor="sms")
    browser.submit(number=scene.number)
    browser.submit(code=scene.texted())
    assert "code" in browser.answer()
    assert not NumberChange.objects.exists()
