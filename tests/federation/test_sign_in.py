"""From the application through the branded page to verified tokens; who is refused, and how that looks."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import jwt
import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from federation.auth_reasons import Reason
from federation.models import AuthEvent, AuthorizationCode, AuthOutcome, AuthWay, BrowserSession
from federation.selectors import sign_in_client
from federation.signin.cognito import TenantMismatch, check_tenant, client_ref, decoy_username
from identity import auth
from identity.models import DirectoryUser, UserStatus
from identity.tokens import verify_access_token, verify_id_token
from tenants.models import Application, PoolKind, Tenant, TenantApplication
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, issuer
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")


def test_password_code_tokens(browser: Browser, acme: Tenant, ann: DirectoryUser, assigned: Application) -> None:
    page = browser.authorize(organization="acme")
    assert page.status_code == 200
    assert "Sample" in browser.text
    browser.submit(email="Ann@acme.example", password=PASSWORD)
    answer = browser.answer()
    assert answer["state"] == browser.state
    assert answer["iss"] == issuer()
    response = browser.exchange(answer["code"])
    assert response["Cache-Control"] == "no-store"
    tokens = json_of(response)
    assert tokens["token_type"] == "Bearer"
    access = verify_access_token(tokens["access_token"], audience=assigned.audience, tenant=acme)
    assert (access.subject, access.tenant_id, access.client_id) == (ann.pk, acme.pk, assigned.client_id)
    identity = verify_id_token(tokens["id_token"], client_id=assigned.client_id)
    assert (identity.subject, identity.nonce) == (ann.pk, browser.nonce)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["email"] == "ann@acme.example"
    assert claims["email_verified"] is True
    assert claims["org_id"] == str(acme.pk)
    assert claims["amr"] == ["pwd"]
    session = BrowserSession.objects.get()
    assert claims["sid"] == str(session.pk)
    assert session.user_id == ann.pk
    ann.refresh_from_db()
    assert ann.last_sign_in_at is not None
    event = AuthEvent.objects.get()
    assert (event.tenant, event.user, event.application) == (acme, ann, assigned)
    assert (event.way, event.outcome, event.amr) == (AuthWay.PASSWORD, AuthOutcome.SUCCEEDED, ["pwd"])


def test_sign_in_reveals_nothing_about_addresses(browser: Browser, ann: DirectoryUser, make_user: MakeUser) -> None:
    disabled = make_user(ann.tenant, "dora@acme.example")
    DirectoryUser.objects.filter(pk=disabled.pk).update(status=UserStatus.DISABLED)
    invited = DirectoryUserFactory.create(tenant=ann.tenant, email="ivan@acme.example", status=UserStatus.INVITED)
    pages = []
    attempts = [
        ("ann@acme.example", "Wrong-password-77"),
        ("nobody@acme.example", PASSWORD),
        (disabled.email, PASSWORD),
        (invited.email, PASSWORD),
    ]
    for email, password in attempts:
        page = browser.sign_in(email, password, organization="acme")
        assert page.status_code == 403
        assert password not in browser.text
        pages.append(varying(browser.text.replace(email, "").replace(quote(email), "")))
    assert len(set(pages)) == 1
    assert BrowserSession.objects.count() == 0
    events = AuthEvent.objects.order_by("pk")
    assert [event.user for event in events] == [ann, None, disabled, invited]
    assert events[1].reason == Reason.UNKNOWN_USER
    assert "nobody" not in str(list(events.values()))


def test_an_unknown_address_asks_cognito_the_same(browser: Browser, ann: DirectoryUser, cognito: LocalCognito) -> None:
    browser.authorize(organization="acme")
    asked = []
    for email in ("ann@acme.example", "nobody@acme.example"):
        cognito.forget_calls()
        browser.submit(email=email, password="Wrong-password-77")
        asked.append(cognito.operations())
    assert asked[0] == asked[1] == ["InitiateAuth", "RespondToAuthChallenge"]
    first = decoy_username(ann.tenant, "nobody@acme.example")
    assert first == decoy_username(ann.tenant, "nobody@acme.example")
    assert first != decoy_username(ann.tenant, "somebody@acme.example")
    assert len(first) == len(ann.username)


@pytest.mark.parametrize("isolation", ["dedicated", "shared"])
def test_nobody_gets_in_through_another_tenant(
    isolation: str, application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    kind = PoolKind.SHARED if isolation == "shared" else PoolKind.DEDICATED
    acme = make_tenant("acme", kind)
    globex = make_tenant("globex", kind, beside=acme if isolation == "shared" else None)
    for tenant in (acme, globex):
        TenantApplication.objects.create(tenant=tenant, application=application)
    # One address in both, with different passwords, and one person of acme alone.
    at_acme = make_user(acme, "both@example.com", password="Acme-password-77")
    at_globex = make_user(globex, "both@example.com", password="Globex-password-77")
    make_user(acme, "ann@acme.example")

    browser = Browser(application)
    for slug, email, password in [
        ("globex", "ann@acme.example", PASSWORD),
        ("globex", "both@example.com", "Acme-password-77"),
        ("acme", "both@example.com", "Globex-password-77"),
    ]:
        assert browser.sign_in(email, password, organization=slug).status_code == 403
    # The username itself typed as an address is not one.
    assert browser.sign_in(at_acme.username, "Acme-password-77", organization="globex").status_code == 422
    assert BrowserSession.objects.count() == 0

    for slug, user, password in [
        ("acme", at_acme, "Acme-password-77"),
        ("globex", at_globex, "Globex-password-77"),
    ]:
        fresh = Browser(application)
        tokens = fresh.tokens("both@example.com", password, organization=slug)
        assert verify_id_token(tokens["id_token"], client_id=application.client_id).subject == user.pk


def test_the_tenant_check_refuses_a_foreign_user_whom_cognito_let_in(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    """In a shared pool any client signs any user in, as far as Cognito is concerned: the check is ours alone."""
    acme = make_tenant("acme", PoolKind.SHARED)
    globex = make_tenant("globex", PoolKind.SHARED, beside=acme)
    ann = make_user(acme, "ann@acme.example")
    client = sign_in_client(globex)
    assert client is not None
    result = auth.sign_in_with_password(client_ref(client), ann.username, PASSWORD)
    assert isinstance(result, auth.SignedIn)
    with pytest.raises(TenantMismatch, match="another tenant"):
        check_tenant(globex, client, result)
    with pytest.raises(TenantMismatch, match="app client"):
        check_tenant(acme, client, result)
    own = sign_in_client(acme)
    assert own is not None
    with pytest.raises(TenantMismatch, match="another app client"):
        check_tenant(acme, own, result)


def test_the_tenant_check_wants_the_very_row(acme: Tenant, ann: DirectoryUser) -> None:
    client = sign_in_client(acme)
    assert client is not None
    result = auth.sign_in_with_password(client_ref(client), ann.username, PASSWORD)
    assert isinstance(result, auth.SignedIn)
    assert check_tenant(acme, client, result) == ann
    with pytest.raises(TenantMismatch, match="Cognito's token"):
        check_tenant(acme, client, replace(result, id_token=result.access_token))
    for change in ({"status": UserStatus.DISABLED}, {"cognito_sub": "another"}, {"cognito_sub": ""}):
        DirectoryUser.objects.filter(pk=ann.pk).update(**change)
        with pytest.raises(TenantMismatch):
            check_tenant(acme, client, result)
        ann.save()


def test_a_request_stays_in_the_browser_that_brought_it(
    browser: Browser, ann: DirectoryUser, assigned: Application
) -> None:
    browser.authorize(organization="acme")
    stranger = Browser(assigned)
    assert stranger.get(browser.address).status_code == 404
    stranger.authorize(organization="acme")
    assert stranger.get(browser.address).status_code == 404
    assert "password" not in stranger.text


def test_a_request_stays_with_the_organisation_that_was_asked_for(
    browser: Browser, ann: DirectoryUser, make_tenant: MakeTenant, assigned: Application
) -> None:
    globex = make_tenant("globex")
    TenantApplication.objects.create(tenant=globex, application=assigned)
    browser.authorize(organization="acme")
    assert browser.get(browser.address.replace("/acme/", "/globex/")).status_code == 404


def test_a_request_is_answered_once(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme")
    address = browser.address
    browser.submit(email="ann@acme.example", password=PASSWORD)
    assert "code" in browser.answer()
    assert browser.get(address).status_code == 404


def test_two_passwords_at_once_give_one_code(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme")
    fields = {**browser.hidden(), "email": "ann@acme.example", "password": PASSWORD}

    def send(_: int) -> int:
        try:
            client = Client()
            client.cookies = browser.client.cookies
            return int(client.post(browser.address, fields).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send, range(4)))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 404, 409}
    assert AuthorizationCode.objects.count() == BrowserSession.objects.count() == 1


def test_a_form_without_its_token_is_refused(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme")
    response = browser.client.post(browser.address, {"email": "ann@acme.example", "password": PASSWORD})
    assert response.status_code == 403
    assert BrowserSession.objects.count() == 0


@pytest.mark.usefixtures("long_waits")
def test_too_many_attempts_are_told(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme")
    statuses = [browser.submit(email="ann@acme.example", password="Wrong-password-77").status_code for _ in range(7)]
    assert statuses[:5] == [403] * 5
    assert 429 in statuses[5:]
    assert "Too many" in browser.text


def test_cognito_away_is_told(browser: Browser, ann: DirectoryUser, cognito: LocalCognito) -> None:
    browser.authorize(organization="acme")
    cognito.fault("InitiateAuth", "error_500")
    page = browser.submit(email="ann@acme.example", password=PASSWORD)
    assert page.status_code == 503
    assert "not available" in browser.text
    browser.submit(email="ann@acme.example", password=PASSWORD)
    assert "code" in browser.answer()


def test_the_session_cookie(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    cookie = browser.client.cookies[f"lifeguard_sso_{acme.key}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["max-age"] == acme.policy.session_absolute_minutes * 60
    assert not BrowserSession.objects.filter(token_hash=cookie.value).exists()


def test_another_person_in_the_same_browser_ends_the_first_session(
    browser: Browser, ann: DirectoryUser, make_user: MakeUser, assigned: Application
) -> None:
    bob = make_user(ann.tenant, "bob@acme.example")
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme")
    again = Browser(assigned)
    again.client.cookies = browser.client.cookies
    again.sign_in("bob@acme.example", PASSWORD, organization="acme", prompt="login")
    assert BrowserSession.objects.get(user=ann).ended_at is not None
    assert BrowserSession.objects.get(user=bob).ended_at is None


def test_the_page_lets_its_form_end_at_the_application(browser: Browser, ann: DirectoryUser) -> None:
    page = browser.authorize(organization="acme")
    policy = {part.split()[0]: part.split()[1:] for part in page["Content-Security-Policy"].split(";")}
    assert policy["form-action"][0] == "'self'"
    assert policy["form-action"][-1] == "https://app.example"
    assert policy["script-src"] == ["'self'"]
    assert "no-store" in page["Cache-Control"]


def test_it_may_lead_on_to_other_addresses_of_the_application(
    browser: Browser, assigned: Application, ann: DirectoryUser
) -> None:
    """A callback at the API's host often redirects to where the pages are."""
    assigned.post_logout_redirect_uris = ["https://www.example/bye", "https://app.example/bye"]
    assigned.save(update_fields=["post_logout_redirect_uris"])
    for page in (
        browser.authorize(organization="acme"),
        browser.submit(email=ann.email, password="Wrong-password-77"),
        browser.authorize(organization="acme", response_mode="form_post", prompt="none", nonce="another"),
    ):
        policy = {part.split()[0]: part.split()[1:] for part in page["Content-Security-Policy"].split(";")}
        assert policy["form-action"][-2:] == ["https://app.example", "https://www.example"]


def test_the_language_that_the_application_asks_for(browser: Browser, ann: DirectoryUser, settings: Settings) -> None:
    settings.LANGUAGES = settings.BRAND_LANGUAGES
    browser.authorize(organization="acme", ui_locales="xx de-AT en")
    assert '<html lang="de"' in browser.text
    assert "E-Mail-Adresse" in browser.text


def test_a_language_that_does_not_ship_is_not_spoken(browser: Browser, ann: DirectoryUser, settings: Settings) -> None:
    settings.LANGUAGES = settings.BRAND_LANGUAGES
    browser.authorize(organization="acme", ui_locales="xx")
    assert '<html lang="en"' in browser.text


def test_the_address_is_filled_in(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme", login_hint='ann@acme.example"><script>')
    assert "<script>" not in browser.text
    browser.authorize(organization="acme", login_hint="ann@acme.example", nonce="second")
    assert 'value="ann@acme.example"' in browser.text


def varying(text: str) -> str:
    """The page without what differs each time: CSRF tokens, and the application's request in links."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|[?]request=)[^"&]+', "", text)
