"""What must be over stays over: sessions, tokens and links of somebody who was signed out or thrown out."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory, override_settings

from federation.dashboard_login.application import client_secret, ensure_dashboard_application
from federation.models import BrowserSession
from federation.provider.answers import code_answer
from identity.models import DirectoryUser
from identity.services.users import delete_user, disable_user, enable_user, reset_user_mfa
from tenants.actor import system
from tenants.models import Account, Application, Tenant, TenantApplication
from tests.factories import DirectoryUserFactory, MemberFactory, TenantFactory
from tests.federation.browser import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

ADMIN = system("test")


def userinfo(token: str) -> Any:
    return Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})


def test_what_ended_with_disabling_does_not_come_back_with_enabling(
    browser: Browser, acme: Tenant, ann: DirectoryUser
) -> None:
    """Whoever had the session may be why Ann was disabled: enabling her is no reason to trust it again."""
    tokens = browser.tokens_from_session()
    disable_user(acme, ann.pk, actor=ADMIN)
    DirectoryUser.objects.filter(pk=ann.pk).update(cognito_sub="sub")
    enable_user(acme, ann.pk, actor=ADMIN)
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    assert userinfo(tokens["access_token"]).status_code == 401
    browser.authorize(organization="acme", nonce="again")
    assert 'name="password"' in browser.text


def test_a_session_does_not_survive_the_reset_of_its_second_factor(
    browser: Browser, acme: Tenant, ann: DirectoryUser
) -> None:
    DirectoryUser.objects.filter(pk=ann.pk).update(cognito_sub="sub", has_totp=True)
    tokens = browser.tokens_from_session()
    reset_user_mfa(acme, ann.pk, actor=ADMIN)
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    browser.authorize(organization="acme", nonce="again")
    assert 'name="password"' in browser.text


@pytest.mark.urls("config.urls.dashboard")
def test_a_session_of_the_dashboard_does_not_come_back_with_enabling(acme: Tenant) -> None:
    olga = DirectoryUserFactory.create(tenant=acme, role="admin", cognito_sub="sub")
    DirectoryUserFactory.create(tenant=acme, role="owner")
    thief = Client()
    thief.force_login(MemberFactory.create(user=olga))
    assert thief.get("/t/acme/").status_code == 200
    disable_user(acme, olga.pk, actor=ADMIN)
    enable_user(acme, olga.pk, actor=ADMIN)
    assert thief.get("/t/acme/").status_code == 302
    assert thief.get("/t/acme/")["Location"] == "/sign-in/acme/?next=/t/acme/"


def test_the_same_address_again_is_another_person(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    tokens = browser.tokens_from_session()
    delete_user(acme, ann.pk, confirm_email=ann.email, actor=ADMIN)
    again = DirectoryUserFactory.create(tenant=acme, email=ann.email)
    assert again.pk != ann.pk
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    assert userinfo(tokens["access_token"]).status_code == 401
    browser.authorize(organization="acme", nonce="again")
    assert 'name="password"' in browser.text
    assert Account.objects.for_member(tenant=acme, subject=again.pk).subject != ann.pk


def test_a_logout_by_post_from_another_site_ends_the_session(browser: Browser) -> None:
    """The application's form brings no cookie of ours (SameSite=Lax); the browser that follows the answer does."""
    hint = browser.tokens_from_session()["id_token"]
    sent = {"id_token_hint": hint, "post_logout_redirect_uri": "https://app.example/"}
    answer: Any = Client(enforce_csrf_checks=True).post("/oauth2/logout", sent)
    assert answer.status_code == 303
    browser.get(answer["Location"])
    assert browser.page["Location"] == "https://app.example/"
    assert not BrowserSession.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.urls("config.urls.dashboard")
def test_an_access_token_ends_with_its_session(acme: Tenant, browser: Browser, ann: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=ann.pk).update(role="owner")
    dashboard = Browser(ensure_dashboard_application())
    dashboard.client = browser.client
    token = tokens_of_the_dashboard(dashboard)
    api = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/users", headers=api).status_code == 200
    BrowserSession.objects.update(ended_at=BrowserSession.objects.get().auth_time)
    assert Client().get("/api/v1/users", headers=api).status_code == 401


def tokens_of_the_dashboard(browser: Browser) -> str:
    """An access token for our own API, by the way that an application takes."""
    with override_settings(ROOT_URLCONF="config.urls.signin"):
        browser.authorize(organization="acme")
        answer: Any = browser.exchange(browser.answer()["code"], client_secret=client_secret())
    return str(answer.json()["access_token"])


def test_no_error_goes_to_an_address_that_was_taken_off_the_list(
    browser: Browser, assigned: Application, acme: Tenant
) -> None:
    """The kept request is validated anew when it is answered, its address too."""
    parameters = browser.parameters(organization="acme")
    Application.objects.update(redirect_uris=["https://app.example/new"])
    response = code_answer(RequestFactory().get("/"), parameters, BrowserSession.objects.get())
    assert response.status_code == 400
    assert "Location" not in response


def test_a_session_cookie_of_one_tenant_is_nothing_to_another(browser: Browser, ann: DirectoryUser) -> None:
    globex = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=globex, application=browser.application)
    DirectoryUserFactory.create(tenant=globex, email=ann.email)
    token = next(morsel.value for name, morsel in browser.client.cookies.items() if "sso_" in name)
    browser.client.cookies[f"lifeguard_sso_{globex.key}"] = token
    browser.authorize(organization="globex")
    assert 'name="password"' in browser.text


def test_organization_at_refresh_changes_nothing(browser: Browser, acme: Tenant) -> None:
    TenantFactory.create(slug="globex")
    tokens = browser.tokens_from_session()
    answer: Any = browser.refresh(tokens["refresh_token"], organization="globex", org_id=str(uuid.uuid4()))
    fresh = userinfo(answer.json()["access_token"]).json()
    assert (fresh["org_id"], fresh["org_slug"]) == (str(acme.pk), "acme")


def test_the_hint_of_another_application_signs_nobody_out(browser: Browser) -> None:
    tokens = browser.tokens_from_session()
    for wrong in (tokens["access_token"], tokens["id_token"][:-4] + "AAAA", tokens["refresh_token"]):
        browser.get(f"/oauth2/logout?{urlencode({'id_token_hint': wrong})}")
        assert "Sign out?" in browser.text
    assert BrowserSession.objects.filter(ended_at__isnull=True).count() == 1
