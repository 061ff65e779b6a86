"""What sign-ins leave behind is thrown away once it cannot matter, and not before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from federation.models import AuthorizationCode, AuthorizationRequest, BrowserSession, RefreshToken, TokenFamily
from federation.services.signing_keys import ensure_signing_keys
from federation.tasks import purge_sign_in_state
from tenants.models import TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.fixture
def browser() -> Browser:
    ensure_signing_keys()
    user = DirectoryUserFactory.create(tenant=TenantFactory.create(slug="acme"))
    application = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=user.tenant, application=application)
    browser = Browser(application)
    browser.hold_session(user)
    return browser


def test_what_is_in_use_stays(browser: Browser) -> None:
    tokens = browser.tokens_from_session()
    browser.authorize(organization="acme", prompt="login", nonce="second")
    purge_sign_in_state()
    assert AuthorizationRequest.objects.count() == 1
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


def test_old_requests_go(browser: Browser) -> None:
    browser.authorize(organization="acme", prompt="login")
    AuthorizationRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    purge_sign_in_state()
    assert AuthorizationRequest.objects.count() == 0


def test_a_used_code_is_known_for_a_week_and_its_tokens_outlive_it(browser: Browser) -> None:
    tokens = browser.tokens_from_session()
    codes = AuthorizationCode.objects.all()
    codes.update(expires_at=timezone.now() - timedelta(days=6))
    purge_sign_in_state()
    assert codes.count() == 1
    codes.update(expires_at=timezone.now() - timedelta(days=8))
    purge_sign_in_state()
    assert codes.count() == 0
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


def test_old_sessions_go_with_all_that_descends_from_them(browser: Browser) -> None:
    browser.tokens_from_session()
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(days=92))
    purge_sign_in_state()
    for model in (BrowserSession, TokenFamily, RefreshToken, AuthorizationCode):
        assert model.objects.count() == 0


def test_an_address_that_nothing_is_at(browser: Browser) -> None:
    for path in ("/nothing", "/acme/nothing", "/acme/sign-in/not-a-uuid/code"):
        page = browser.get(path)
        assert page.status_code == 404
        assert "nothing" in browser.text.lower()
