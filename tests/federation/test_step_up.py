"""What an application asks of the person and of the sign-in, through the real pages."""

import jwt
import pytest

from federation.levels import ACR_MULTI_FACTOR
from federation.models import AuthorizationCode
from identity.models import DirectoryUser
from tenants.models import Tenant
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeUser
from tests.federation.test_steps import enrol

pytestmark = pytest.mark.urls("config.urls.signin")


def test_an_application_may_ask_for_two_factors(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    """Where the tenant leaves them to its users, who goes there sets one up; elsewhere they go without."""
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    assert "code" in browser.answer()
    browser.authorize(organization="acme", acr_values=ACR_MULTI_FACTOR, nonce="second")
    browser.submit(email="ann@acme.example", password=PASSWORD)
    assert "Not now" not in browser.text
    enrol(browser)
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["acr"] == ACR_MULTI_FACTOR
    browser.authorize(organization="acme", acr_values=ACR_MULTI_FACTOR, nonce="third", prompt="none")
    assert "code" in browser.answer()


def test_who_signs_in_instead_of_who_is_meant_is_not_taken_for_them(
    browser: Browser, acme: Tenant, ann: DirectoryUser, make_user: MakeUser
) -> None:
    make_user(acme, "bob@acme.example")
    elsewhere = Browser(browser.application)
    elsewhere.sign_in("bob@acme.example", PASSWORD, organization="acme")
    hint = json_of(elsewhere.exchange(elsewhere.answer()["code"]))["id_token"]
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme", id_token_hint=hint)
    assert browser.answer()["error"] == "login_required"
    assert AuthorizationCode.objects.filter(user=ann).count() == 0
