"""Home-realm discovery by the rules of a domain: listed addresses, sub-domains, and everybody else."""

import re

import pytest

from federation.models import Connection, EmailDomain
from federation.services import connection_states as states
from identity.models import DirectoryUser
from tenants.models import PoolKind, Tenant, TenantApplication
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant
from tests.federation.signin.test_realm import ask, forward_of
from tests.support.connections import ACTOR, activated, oidc_connection, saml_connection
from tests.support.domains import below, listing, otherwise, proved

pytestmark = pytest.mark.urls("config.urls.signin")

DOMAIN = "acme-works.com"
FROM_ANYWHERE: dict[str, str] = {}
AT_ACME = {"organization": "acme"}


@pytest.fixture
def okta(acme: Tenant) -> Connection:
    """One connection of acme's."""
    return activated(saml_connection(acme))


@pytest.fixture
def entra(acme: Tenant) -> Connection:
    """Another one."""
    return activated(oidc_connection(acme))


@pytest.fixture
def domain(acme: Tenant, okta: Connection, entra: Connection) -> EmailDomain:
    """Acme's domain: a listed address and a sub-domain lead to Entra, everybody else to Okta."""
    claim = proved(acme, DOMAIN)
    listing(claim, f"anna@{DOMAIN}", to=entra)
    below(claim, "emea", to=entra)
    otherwise(claim, okta)
    return claim


@pytest.fixture
def globex(browser: Browser, make_tenant: MakeTenant) -> Tenant:
    """Another tenant that has the application."""
    tenant = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=tenant, application=browser.application)
    return tenant


def leads_to(browser: Browser, connection: Connection, email: str, **parameters: str) -> bool:
    """Say whether somebody with an address goes on to a connection by themselves."""
    path = f"/{connection.tenant.slug}/sign-in/by/{connection.pk}?"
    return forward_of(ask(browser, email, **parameters)).startswith(path)


@pytest.mark.parametrize("parameters", [FROM_ANYWHERE, AT_ACME], ids=["anywhere", "acme"])
def test_each_address_goes_where_its_rule_says(
    browser: Browser, okta: Connection, entra: Connection, domain: EmailDomain, parameters: dict[str, str]
) -> None:
    """From the page that does not know the organization, and from the tenant's own."""
    assert leads_to(browser, entra, f"Anna@{DOMAIN.upper()}", **parameters)
    assert leads_to(browser, entra, f"bob@uk.emea.{DOMAIN}", **parameters)
    assert leads_to(browser, okta, f"bob@{DOMAIN}", **parameters)


@pytest.mark.parametrize("email", [f"anna@{DOMAIN}", f"bob@{DOMAIN}", f"bob@emea.{DOMAIN}"])
def test_an_address_answers_alike_whether_somebody_has_it_or_not(
    browser: Browser, ann: DirectoryUser, domain: EmailDomain, email: str
) -> None:
    """Listed or not, the answer is a matter of the rules."""
    before = _comparable(ask(browser, email))
    DirectoryUser.objects.filter(pk=ann.pk).update(email=email)
    assert _comparable(ask(browser, email)) == before


def _comparable(text: str) -> str:
    """A page without what differs between any two requests."""
    return re.sub(r'request=[0-9a-f-]+|X-CSRFToken": "\w+', "", text)


@pytest.mark.parametrize("parameters", [FROM_ANYWHERE, AT_ACME], ids=["anywhere", "acme"])
def test_a_rule_can_lead_to_the_password(
    browser: Browser, ann: DirectoryUser, domain: EmailDomain, parameters: dict[str, str]
) -> None:
    """Also from the page that does not know the organization: the address says which one it is."""
    listing(domain, f"break-glass@{DOMAIN}")
    browser.authorize(**parameters)
    browser.submit(email=f"break-glass@{DOMAIN}")
    assert 'type="password"' in browser.text
    assert f'value="break-glass@{DOMAIN}"' in browser.text
    browser.submit(email=ann.email, password=PASSWORD)
    assert browser.answer()["code"]


def test_a_rule_of_what_is_out_of_use_leads_to_the_password_beside_what_is_in_use(
    browser: Browser, acme: Tenant, entra: Connection, domain: EmailDomain
) -> None:
    states.disable(acme, entra.pk, actor=ACTOR)
    text = ask(browser, f"anna@{DOMAIN}", **AT_ACME)
    assert 'type="password"' in text
    assert "Continue with Okta" in text
    assert "Continue with Entra" not in text


def test_the_person_chooses_among_those_that_were_chosen(
    browser: Browser, acme: Tenant, okta: Connection, entra: Connection, domain: EmailDomain
) -> None:
    activated(oidc_connection(acme, name="Contractors"))
    otherwise(domain, okta, entra)
    text = ask(browser, f"bob@{DOMAIN}")
    assert forward_of(text) == ""
    assert "Continue with Okta" in text
    assert "Continue with Entra" in text
    assert "Contractors" not in text


def test_a_subdomain_without_a_rule_is_any_address(browser: Browser, domain: EmailDomain) -> None:
    assert "Check your mail" in ask(browser, f"bob@apac.{DOMAIN}")
    assert 'type="password"' in ask(browser, f"bob@apac.{DOMAIN}", **AT_ACME)


def test_of_two_tenants_the_nearer_domain_decides_where_none_is_known(
    browser: Browser, globex: Tenant, entra: Connection, domain: EmailDomain
) -> None:
    """The sub-domain's own proof is the better one; what lies beside it stays with the tenant of the domain above."""
    theirs = activated(oidc_connection(globex, name="Theirs"))
    proved(globex, f"uk.emea.{DOMAIN}")
    assert leads_to(browser, theirs, f"bob@uk.emea.{DOMAIN}")
    assert leads_to(browser, entra, f"bob@emea.{DOMAIN}")
    # Below it, too, although only the domain above has a rule that would fit.
    assert "Check your mail" in ask(browser, f"bob@a.uk.emea.{DOMAIN}")


def test_on_a_tenants_own_page_nothing_tells_of_a_neighbours_proof(
    browser: Browser, globex: Tenant, entra: Connection, domain: EmailDomain
) -> None:
    """Its own rules decide, as they did before."""
    activated(oidc_connection(globex, name="Theirs"))
    proved(globex, f"emea.{DOMAIN}")
    assert leads_to(browser, entra, f"bob@emea.{DOMAIN}", **AT_ACME)


def test_a_nearer_domain_that_leads_nowhere_is_not_passed_over(
    browser: Browser, globex: Tenant, domain: EmailDomain
) -> None:
    """Its tenant has no connection: its people are mailed, and not sent to the tenant of the domain above."""
    proved(globex, f"emea.{DOMAIN}")
    assert "Check your mail" in ask(browser, f"bob@emea.{DOMAIN}")
