"""Home-realm discovery: where an e-mail address of a proved domain leads."""

import re
from html import unescape

import pytest
from django.utils import timezone

from federation.domains.routing import Destination, Scope
from federation.models import Connection, DomainStatus, EmailDomain
from federation.services import connection_states as states
from federation.services.domain_rules import WantedRule, add_rule
from federation.services.email_domains import claim_domain
from identity.models import DirectoryUser
from tenants.models import Application, PoolKind, SignInPolicy, SignUpPolicy, Tenant, TenantApplication
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant
from tests.support.connections import ACTOR, activated, oidc_connection

pytestmark = pytest.mark.urls("config.urls.signin")

DOMAIN = "people.acme-works.com"
ADA = f"Ada@{DOMAIN}"
NEW = f"new@{DOMAIN}"


@pytest.fixture
def entra(acme: Tenant) -> Connection:
    """Acme's connection."""
    return activated(oidc_connection(acme))


@pytest.fixture
def domain(acme: Tenant) -> EmailDomain:
    """Acme's domain, proved."""
    claim = claim_domain(acme, name=DOMAIN, actor=ACTOR)
    EmailDomain.objects.filter(pk=claim.pk).update(status=DomainStatus.PROVED, since=timezone.now())
    return claim


def ask(browser: Browser, email: str, **parameters: str) -> str:
    """Type an address on the page that asks for one; returns what is shown then."""
    browser.authorize(**parameters)
    browser.submit(email=email)
    assert browser.page.status_code == 200, browser.text
    return browser.text


def forward_of(text: str) -> str:
    """The address to which a page leads by itself, or nothing."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
    return found[1] if found else ""


def test_a_proved_domain_leads_to_the_only_connection(browser: Browser, entra: Connection, domain: EmailDomain) -> None:
    """From the page that does not know the organisation yet: by itself, and by a link without scripts."""
    text = ask(browser, ADA)
    forward = forward_of(text)
    assert forward.startswith(f"/acme/sign-in/by/{entra.pk}?request=")
    assert "login_hint=Ada%40people.acme-works.com" in forward
    assert f'href="{forward}"' in text


def test_the_tenants_own_page_asks_for_the_address_first(
    browser: Browser, entra: Connection, domain: EmailDomain
) -> None:
    browser.authorize(organization="acme")
    assert 'type="password"' not in browser.text
    assert "Continue with Entra" in browser.text
    assert forward_of(ask(browser, ADA, organization="acme")).startswith(f"/acme/sign-in/by/{entra.pk}?")


@pytest.mark.parametrize("email", ["ann@acme.example", "nobody@acme.example"])
def test_any_other_address_is_asked_for_its_password(
    browser: Browser, ann: DirectoryUser, entra: Connection, domain: EmailDomain, email: str
) -> None:
    """Whether somebody has it or not."""
    text = ask(browser, email, organization="acme")
    assert 'type="password"' in text
    assert f'value="{email}"' in text


def test_a_password_is_still_a_way_in(
    browser: Browser, ann: DirectoryUser, entra: Connection, domain: EmailDomain
) -> None:
    """For who has one, also in a proved domain: nobody is locked out by a domain alone."""
    text = ask(browser, ADA, organization="acme")
    (link,) = re.findall(r'href="(/acme/sign-in\?[^"]+password=1[^"]*)"', text)
    browser.get(link.replace("&amp;", "&"))
    browser.submit(email=ann.email, password=PASSWORD)
    assert browser.answer()["code"]


def test_of_several_connections_the_person_chooses(
    browser: Browser, acme: Tenant, entra: Connection, domain: EmailDomain
) -> None:
    activated(oidc_connection(acme, name="Okta"))
    text = ask(browser, ADA, organization="acme")
    assert forward_of(text) == ""
    assert "Continue with Entra" in text
    assert "Continue with Okta" in text


@pytest.mark.parametrize("status", [DomainStatus.WAITING, DomainStatus.SETTLING])
def test_an_unproved_domain_decides_nothing(
    browser: Browser, entra: Connection, domain: EmailDomain, status: DomainStatus
) -> None:
    EmailDomain.objects.update(status=status)
    assert "Check your mail" in ask(browser, ADA)


def test_a_domain_without_a_connection_decides_nothing(
    browser: Browser, acme: Tenant, entra: Connection, domain: EmailDomain
) -> None:
    states.disable(acme, entra.pk, actor=ACTOR)
    assert "Check your mail" in ask(browser, ADA)
    browser.authorize(organization="acme")
    assert 'type="password"' in browser.text


def test_a_tenant_that_may_not_use_the_application_is_not_met(
    browser: Browser, make_tenant: MakeTenant, application: Application, domain: EmailDomain, entra: Connection
) -> None:
    TenantApplication.objects.filter(application=application).delete()
    assert "Check your mail" in ask(browser, ADA)


def test_another_tenants_domain_leads_nowhere_here(
    browser: Browser, make_tenant: MakeTenant, entra: Connection, domain: EmailDomain
) -> None:
    """On the page of one tenant, an address of another's domain is any address."""
    globex = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=globex, application=browser.application)
    activated(oidc_connection(globex, name="Other"))
    other = claim_domain(globex, name="globex-works.com", actor=ACTOR)
    EmailDomain.objects.filter(pk=other.pk).update(status=DomainStatus.PROVED)
    text = ask(browser, ADA, organization="globex")
    assert 'type="password"' in text
    assert "Entra" not in text


@pytest.fixture
def by_password(acme: Tenant, domain: EmailDomain) -> None:
    """Some addresses of the domain lead to the password."""
    said = WantedRule(scope=Scope.ADDRESSES, destination=Destination.PASSWORD, addresses=(NEW,))
    add_rule(acme, domain.pk, said, actor=ACTOR)


def test_an_account_is_still_asked_for_once_the_address_has_said_where(
    browser: Browser, acme: Tenant, entra: Connection, by_password: None
) -> None:
    """`prompt=create` of an application that names no organization; an identity provider that is led to wins."""
    SignInPolicy.objects.filter(tenant=acme).update(sign_up=SignUpPolicy.DOMAINS)
    ask(browser, NEW, prompt="create")
    assert browser.address.startswith("/acme/sign-up?request=")
    assert f'value="{NEW}"' in browser.text
    # Who has one after all signs in, and is not asked for an account a second time.
    (back,) = re.findall(r'<a href="([^"]+)">I have an account', browser.text)
    browser.get(unescape(back))
    browser.submit(email=NEW)
    assert 'type="password"' in browser.text
    assert forward_of(ask(browser, ADA, prompt="create")).startswith(f"/acme/sign-in/by/{entra.pk}?")


@pytest.mark.parametrize(
    ("prompt", "policy"), [("login", SignUpPolicy.ANYONE), ("create", SignUpPolicy.OFF), ("select_account", "domains")]
)
def test_who_asks_for_none_or_may_make_none_is_asked_for_the_password(
    browser: Browser, acme: Tenant, entra: Connection, by_password: None, prompt: str, policy: str
) -> None:
    SignInPolicy.objects.filter(tenant=acme).update(sign_up=policy)
    assert 'type="password"' in ask(browser, NEW, prompt=prompt)
