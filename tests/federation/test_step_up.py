"""What an application asks of the person and of the sign-in, through the real pages."""

import re
from html import unescape
from urllib.parse import urlencode

import jwt
import pytest

from federation.levels import ACR_MULTI_FACTOR
from federation.models import AuthorizationCode, BrowserSession
from identity.models import DirectoryUser
from tenants.models import Application, PoolKind, Tenant, TenantApplication
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.test_steps import enrol

pytestmark = pytest.mark.urls("config.urls.signin")

Asked = tuple[Browser, DirectoryUser, DirectoryUser]


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


@pytest.fixture(params=[PoolKind.DEDICATED, PoolKind.SHARED])
def people(
    request: pytest.FixtureRequest, make_tenant: MakeTenant, make_user: MakeUser, application: Application
) -> Asked:
    """A browser at an application of a tenant of either isolation, where Ann and Bob are."""
    tenant = make_tenant("acme", request.param)
    TenantApplication.objects.create(tenant=tenant, application=application)
    ann, bob = (make_user(tenant, f"{name}@acme.example") for name in ("ann", "bob"))
    return Browser(application), ann, bob


def test_another_account_is_chosen(people: Asked) -> None:
    """Nobody's session ends before somebody else has signed in."""
    browser, ann, bob = people
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    browser.authorize(organization="acme", prompt="select_account", nonce="second")
    assert ann.email in browser.text
    (other,) = re.findall(r'<a href="([^"]+)">Use another account</a>', browser.text)
    browser.get(unescape(other))
    browser.submit(email=bob.email, password="Wrong-password-77")
    assert BrowserSession.objects.get().ended_at is None
    browser.submit(email=bob.email, password=PASSWORD)
    assert email_of(browser) == bob.email
    assert BrowserSession.objects.get(user=ann).ended_at is not None
    assert BrowserSession.objects.get(user=bob).ended_at is None


def test_an_account_with_a_session_is_chosen(people: Asked) -> None:
    browser, ann, _bob = people
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    browser.authorize(organization="acme", prompt="select_account", nonce="second")
    (button,) = re.findall(r'action="(/acme/sign-in/confirm[^"]+)"', browser.text)
    browser.submit_to(unescape(button))
    assert email_of(browser) == ann.email
    assert BrowserSession.objects.count() == 1


def test_whom_the_application_means_is_asked_although_somebody_is_signed_in(people: Asked) -> None:
    browser, ann, bob = people
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    browser.authorize(organization="acme", login_hint=bob.email, prompt="none", nonce="second")
    assert browser.answer()["error"] == "login_required"
    browser.authorize(organization="acme", login_hint=bob.email, nonce="third")
    assert f'value="{bob.email}"' in browser.text
    # It is a hint: who signs in is who they are.
    browser.submit(email=ann.email, password=PASSWORD)
    assert email_of(browser) == ann.email


def test_signing_out_by_a_token_of_before_signing_in_anew(people: Asked) -> None:
    browser, ann, _bob = people
    hint = browser.tokens(ann.email, PASSWORD, organization="acme")["id_token"]
    for nonce in ("second", "third"):
        browser.sign_in(ann.email, PASSWORD, organization="acme", prompt="login", nonce=nonce)
        assert "code" in browser.answer()
    browser.get(f"/oauth2/logout?{urlencode({'id_token_hint': hint})}")
    assert "You are signed out" in browser.text
    assert not BrowserSession.objects.filter(ended_at=None).exists()


def email_of(browser: Browser) -> str:
    """Whom the browser's answer is good for."""
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    return str(jwt.decode(tokens["id_token"], options={"verify_signature": False})["email"])
