"""`id_token_hint` and `acr_values`: whom the application means, and how surely it wants to know them."""

import pytest

from federation.levels import ACR_FEDERATED, ACR_MULTI_FACTOR, ACR_PASSWORD
from federation.models import AuthorizationRequest
from federation.provider import mint
from identity.jwt_checks import TokenInvalid
from identity.models import DirectoryUser
from identity.tokens import verify_id_token
from tenants.models import Application, MfaPolicy, SignInPolicy, Tenant, TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser, json_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.fixture
def bob(acme: Tenant) -> DirectoryUser:
    """Another user of acme."""
    created: DirectoryUser = DirectoryUserFactory.create(tenant=acme, email="bob@acme.example", name="Bob")
    return created


def hint_of(application: Application, user: DirectoryUser) -> str:
    """An ID token that the application got for somebody, in another browser."""
    elsewhere = Browser(application)
    elsewhere.hold_session(user)
    return str(elsewhere.tokens_from_session()["id_token"])


def asked_to_sign_in(browser: Browser) -> bool:
    return browser.page.status_code == 200 and 'name="password"' in browser.text


def test_the_person_who_is_meant_is_answered_at_once(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(id_token_hint=hint_of(browser.application, ann), prompt="none", organization="acme")
    assert "code" in browser.answer()


def test_a_hint_says_to_which_organization_they_belong(browser: Browser, ann: DirectoryUser) -> None:
    """So that an application renews silently by what it has: the ID token."""
    browser.authorize(id_token_hint=hint_of(browser.application, ann), prompt="none")
    assert "code" in browser.answer()


def test_a_hint_that_is_over_is_as_good(browser: Browser, ann: DirectoryUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mint, "ID_TOKEN_SECONDS", -3600)
    hint = hint_of(browser.application, ann)
    with pytest.raises(TokenInvalid):
        verify_id_token(hint, client_id=browser.application.client_id)
    browser.authorize(id_token_hint=hint, prompt="none")
    assert "code" in browser.answer()


def test_somebody_else_is_not_taken_for_them(browser: Browser, bob: DirectoryUser) -> None:
    hint = hint_of(browser.application, bob)
    browser.authorize(id_token_hint=hint, prompt="none")
    assert browser.answer()["error"] == "login_required"
    browser.authorize(id_token_hint=hint)
    assert asked_to_sign_in(browser)
    kept = AuthorizationRequest.objects.latest("created_at").parameters
    assert kept["hinted_user"] == str(bob.pk)
    assert "id_token_hint" not in kept


def test_who_is_meant_cannot_be_said_without_an_id_token(browser: Browser, bob: DirectoryUser) -> None:
    browser.authorize(organization="acme", hinted_user=str(bob.pk))
    assert "code" in browser.answer()


def test_a_hint_of_another_organization_does_not_change_the_one_that_is_named(
    browser: Browser, assigned: Application
) -> None:
    globex = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=globex, application=assigned)
    eve = DirectoryUserFactory.create(tenant=globex, email="eve@globex.example")
    elsewhere = Browser(assigned)
    elsewhere.hold_session(eve)
    elsewhere.authorize(organization="globex")
    hint = json_of(elsewhere.exchange(elsewhere.answer()["code"]))["id_token"]
    browser.authorize(organization="acme", id_token_hint=hint, prompt="none")
    assert browser.answer()["error"] == "login_required"


def test_what_is_no_id_token_of_the_applications_is_refused(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    other: Application = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=acme, application=other)
    access_token = browser.tokens_from_session()["access_token"]
    browser.nonce = "second"
    for hint in ("nonsense", access_token, hint_of(other, ann)):
        browser.authorize(organization="acme", id_token_hint=hint)
        assert browser.answer()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("policy", "amr", "wanted", "again"),
    [
        (MfaPolicy.OPTIONAL, ("pwd",), ACR_MULTI_FACTOR, True),
        (MfaPolicy.OPTIONAL, ("pwd",), f"urn:example:gold {ACR_MULTI_FACTOR}", True),
        (MfaPolicy.OPTIONAL, ("pwd", "otp", "mfa"), ACR_MULTI_FACTOR, False),
        # The password will do, if less wished for.
        (MfaPolicy.OPTIONAL, ("pwd",), f"{ACR_MULTI_FACTOR} {ACR_PASSWORD}", False),
        (MfaPolicy.OPTIONAL, ("pwd",), ACR_FEDERATED, False),
        (MfaPolicy.OPTIONAL, ("pwd",), "urn:example:gold", False),
        # Signing in again would lead to no more.
        (MfaPolicy.OFF, ("pwd",), ACR_MULTI_FACTOR, False),
        (MfaPolicy.OPTIONAL, ("fed",), ACR_MULTI_FACTOR, False),
    ],
)
def test_a_session_is_stepped_up_where_that_can_be(
    assigned: Application, ann: DirectoryUser, policy: MfaPolicy, amr: tuple[str, ...], wanted: str, again: bool
) -> None:
    SignInPolicy.objects.filter(tenant=ann.tenant).update(mfa=policy)
    browser = Browser(assigned)
    browser.hold_session(ann, amr=amr)
    browser.authorize(organization="acme", acr_values=wanted)
    assert asked_to_sign_in(browser) is again
    browser.authorize(organization="acme", acr_values=wanted, prompt="none", nonce="silent")
    assert browser.answer().get("error") == ("login_required" if again else None)
