"""A change of anything that a kept page shows, or of who may see it, shows at the next request."""

from collections.abc import Callable
from typing import cast

import pytest
from django.http import HttpResponse
from django.utils import timezone

from federation.models import AuthorizationRequest, Connection, ConnectionStatus, DomainStatus, EmailDomain
from tenants.models import Application, Branding, SignInPolicy, Tenant, TenantApplication, TenantStatus
from tenants.models.pool_settings import PoolSettings
from tests.factories import TenantFactory
from tests.federation.browser import Browser
from tests.federation.signin.kept.asking import active, arrive, later, ordinary, told
from tests.support.domains import proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def allow_codes(tenant: Tenant) -> None:
    """Let its users begin with a code by e-mail, in which Cognito has followed."""
    SignInPolicy.objects.filter(tenant=tenant).update(first_factors=["EMAIL_OTP"], ready_factors=["EMAIL_OTP"])


Change = Callable[[Tenant, Application], object]
CHANGES: dict[str, Change] = {
    "name in the brand": lambda acme, _app: Branding.objects.filter(tenant=acme).update(display_name="Other"),
    "version of the brand": lambda acme, _app: Branding.objects.filter(tenant=acme).update(version=7),
    "a logo": lambda acme, _app: Branding.objects.filter(tenant=acme).update(logo_type="image/png"),
    "sign-up": lambda acme, _app: SignInPolicy.objects.filter(tenant=acme).update(sign_up="anyone"),
    "ways in": lambda acme, _app: allow_codes(acme),
    "the application's name": lambda _acme, app: Application.objects.filter(pk=app.pk).update(name="Renamed"),
    "a connection": lambda acme, _app: active(acme),
}
THEN: dict[str, Change] = {
    "its name": lambda acme, _app: Connection.objects.filter(tenant=acme).update(name="Renamed"),
    "disabled": lambda acme, _app: Connection.objects.filter(tenant=acme).update(status=ConnectionStatus.DISABLED),
    "deleted": lambda acme, _app: Connection.objects.filter(tenant=acme).update(deleted_at=timezone.now()),
    "another one": lambda acme, _app: active(acme, "Okta"),
    "a domain": lambda acme, _app: proved(acme, "acme-people.com"),
}


def changes_the_page(browser: Browser, monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Say that a change shows at the next request, and that the page is then the ordinary one."""
    where = arrive(browser)
    before = told(browser.client.get(where))
    assert told(browser.client.get(where)) == before
    change()
    after = told(browser.client.get(where))
    assert after != before
    assert after == ordinary(monkeypatch, lambda: browser.client.get(where))


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_shows_at_the_next_request(
    browser: Browser, acme: Tenant, application: Application, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    changes_the_page(browser, monkeypatch, lambda: CHANGES[what](acme, application))


@pytest.mark.parametrize("what", THEN)
def test_so_does_what_happens_to_a_connection(
    browser: Browser, acme: Tenant, application: Application, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    active(acme)
    changes_the_page(browser, monkeypatch, lambda: THEN[what](acme, application))


def test_so_does_a_domain_that_is_lost(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    active(acme)
    claim = proved(acme, "acme-people.com")
    lose = EmailDomain.objects.filter(pk=claim.pk)
    changes_the_page(browser, monkeypatch, lambda: lose.update(status=DomainStatus.WAITING))


def test_so_do_options_of_the_pool(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which take away what the policy allows."""
    allow_codes(acme)
    changes_the_page(browser, monkeypatch, lambda: PoolSettings.objects.create(pool=acme.pool, tier="lite"))


@pytest.mark.parametrize("asked", ["de", "fr"])
def test_the_language_that_the_application_asks_for(browser: Browser, asked: str) -> None:
    assert 'lang="en"' in cast(HttpResponse, browser.client.get(arrive(browser))).content.decode()
    page = cast(HttpResponse, browser.client.get(arrive(browser, ui_locales=asked)))
    assert f'lang="{asked}"' in page.content.decode()
    assert page["Content-Language"] == asked


ENDS: dict[str, Change] = {
    "another browser": lambda _acme, _app: AuthorizationRequest.objects.update(browser_hash="0" * 64),
    "answered": lambda _acme, _app: AuthorizationRequest.objects.update(completed_at=timezone.now()),
    "too old": lambda _acme, _app: AuthorizationRequest.objects.update(expires_at=timezone.now()),
    "another tenant's": lambda _acme, _app: AuthorizationRequest.objects.update(tenant=TenantFactory.create()),
    "suspended": lambda acme, _app: Tenant.objects.filter(pk=acme.pk).update(status=TenantStatus.SUSPENDED),
    "not for the application": lambda _acme, _app: TenantApplication.objects.all().delete(),
    "moved": lambda acme, _app: Tenant.objects.filter(pk=acme.pk).update(slug="elsewhere"),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_request_that_is_over_gets_no_kept_page(
    browser: Browser, acme: Tenant, application: Application, what: str
) -> None:
    where = arrive(browser)
    assert browser.client.get(where).status_code == 200
    ENDS[what](acme, application)
    assert later(browser).client.get(where).status_code == 404
