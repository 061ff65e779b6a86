"""The pages about where the addresses of a domain lead."""

import re

import pytest
from django.test import Client

from federation.models import Connection, DomainRule, EmailDomain
from federation.services import connection_states as states
from tenants.models import SignInPolicy
from tests.factories import TenantCast
from tests.support.connections import ACTOR, activated, oidc_connection, saml_connection
from tests.support.domains import below, listing, otherwise, proved

NAME = "acme-works.com"


@pytest.fixture
def client(acme: TenantCast) -> Client:
    """Acme's owner, signed in."""
    client = Client()
    client.force_login(acme.account_of(acme.owner))
    return client


@pytest.fixture
def claim(acme: TenantCast) -> EmailDomain:
    """Acme's domain, proved."""
    return proved(acme.tenant, NAME)


@pytest.fixture
def home(claim: EmailDomain) -> str:
    """The domain's page."""
    return f"/t/{claim.tenant.slug}/domains/{claim.pk}/"


def words(client: Client, address: str) -> str:
    """A page without its tags, with single spaces."""
    text = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def tried(client: Client, home: str, address: str) -> str:
    """What the page says of an address, as htmx asks for it."""
    answer = client.get(f"{home}try/", {"address": address}, headers={"HX-Request": "true"})
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_rule_from_its_beginning_to_its_end(client: Client, acme: TenantCast, claim: EmailDomain, home: str) -> None:
    entra = activated(oidc_connection(acme.tenant))
    assert f"Everybody else at {NAME} The active connection" in words(client, home)
    new = f"{home}rules/new/?for=addresses"
    form = client.get(new).content.decode()
    assert 'name="addresses"' in form
    assert 'name="subdomain"' not in form
    said = {"addresses": f"Anna@{NAME}\nbob@{NAME}", "destination": "password", "connections": []}
    assert client.post(new, said).headers["Location"] == home
    assert f"2 listed addresses anna@{NAME}, bob@{NAME} The password" in words(client, home)
    rule = DomainRule.objects.get()
    page = f"{home}rules/{rule.pk}/"
    assert f"anna@{NAME}\nbob@{NAME}" in client.get(page).content.decode()
    changed = {"addresses": f"anna@{NAME}", "destination": "connections", "connections": [str(entra.pk)]}
    assert client.post(page, changed).headers["Location"] == home
    assert f"1 listed address anna@{NAME} Entra" in words(client, home)
    assert client.post(f"{page}remove/").headers["Location"] == home
    assert not DomainRule.objects.exists()


def test_the_default_is_changed(client: Client, acme: TenantCast, home: str) -> None:
    okta, entra = activated(saml_connection(acme.tenant)), activated(oidc_connection(acme.tenant))
    chosen = {"destination": "connections", "connections": [str(okta.pk), str(entra.pk)]}
    assert client.post(f"{home}default/", chosen).headers["Location"] == home
    assert f"Everybody else at {NAME} They choose between Entra Okta" in words(client, home)
    rule = DomainRule.objects.get()
    assert client.get(f"{home}rules/{rule.pk}/").status_code == 404


def test_rules_stand_in_the_order_in_which_they_are_tried(client: Client, claim: EmailDomain, home: str) -> None:
    otherwise(claim)
    below(claim, "*")
    below(claim, f"uk.emea.{NAME}")
    below(claim, "emea")
    listing(claim, *(f"{name}@{NAME}" for name in "abcde"))
    shown = words(client, home)
    order = ["5 listed addresses", f"uk.emea.{NAME}", f"emea.{NAME} and what", "Every sub-domain of", "Everybody else"]
    places = [shown.index(part) for part in order]
    assert places == sorted(places)
    assert f"a@{NAME}, b@{NAME}, c@{NAME} and 2 more" in shown


def test_a_rule_says_when_its_connection_is_out_of_use(
    client: Client, acme: TenantCast, claim: EmailDomain, home: str
) -> None:
    okta, entra = activated(saml_connection(acme.tenant)), activated(oidc_connection(acme.tenant))
    listing(claim, f"anna@{NAME}", to=entra)
    states.disable(acme.tenant, entra.pk, actor=ACTOR)
    assert "Entra Disabled Does not apply No connection that it names is active" in words(client, home)
    assert "They are asked for a password. By the rule “1 listed address”. No connection" in tried(
        client, home, f"anna@{NAME}"
    )
    states.delete_connection(acme.tenant, entra.pk, confirm_name="Entra", actor=ACTOR)
    assert "Entra Deleted Does not apply No connection that it names is active" in words(client, home)
    states.disable(acme.tenant, okta.pk, actor=ACTOR)
    shown = words(client, home)
    assert "No connection is active As long as that is so, no rule counts" in shown
    assert "Every active connection Does not apply No connection is active, so they sign in here." in shown


def test_a_connection_tells_which_domains_lead_to_it(client: Client, acme: TenantCast, claim: EmailDomain) -> None:
    okta, entra = activated(saml_connection(acme.tenant)), activated(oidc_connection(acme.tenant))
    below(claim, "emea", to=entra)
    below(claim, "apac", to=entra)
    for connection, leads in ((entra, True), (okta, False)):
        page = f"/t/{acme.tenant.slug}/connections/{connection.pk}/"
        assert (f"Rules that lead here {NAME}" in words(client, page)) is leads
        assert (f"on your sign-in page then: {NAME}" in words(client, f"{page}delete/")) is leads


def test_an_address_is_tried_out(client: Client, acme: TenantCast, claim: EmailDomain, home: str) -> None:
    assert "None of your connections is active" in tried(client, home, f"anna@{NAME}")
    entra = activated(oidc_connection(acme.tenant))
    below(claim, "emea", to=entra)
    otherwise(claim)
    assert "go on to Entra at once. By the rule “emea." in tried(client, home, f"Anna@EMEA.{NAME}")
    assert f"asked for a password. By the rule “Everybody else at {NAME}”" in tried(client, home, f"anna@{NAME}")
    assert f"No rule is for apac.{NAME}" in tried(client, home, f"anna@apac.{NAME}")
    SignInPolicy.objects.filter(tenant=acme.tenant).update(password_allowed=False)
    assert "sign in here, by a code or a passkey. By the rule" in tried(client, home, f"anna@{NAME}")
    for page in (home, f"{home}rules/new/?for=addresses"):
        shown = words(client, page)
        assert ("A code or a passkey" in shown, "assword" in shown) == (True, False)
    assert f"no address of {NAME}" in tried(client, home, "anna@other.example")
    assert "no e-mail address" in tried(client, home, "anna")
    assert tried(client, home, "  ") == ""
    activated(saml_connection(acme.tenant))
    otherwise(claim, *acme_connections(acme))
    assert "They choose between Entra, Okta" in tried(client, home, f"nobody@{NAME}")
    proved(acme.tenant, f"emea.{NAME}")
    assert f"The rules of your domain emea.{NAME} decide" in tried(client, home, f"anna@emea.{NAME}")
    assert f"Does not apply emea.{NAME} is a domain of your own" in words(client, home)


def acme_connections(acme: TenantCast) -> list[Connection]:
    return list(Connection.objects.filter(tenant=acme.tenant))


def test_an_address_is_tried_out_without_scripts(client: Client, claim: EmailDomain, home: str) -> None:
    shown = client.get(f"{home}try/", {"address": "<b>anna@other.example"}).content.decode()
    assert f"This is no address of {NAME}" in shown
    assert 'value="&lt;b&gt;anna@other.example"' in shown
    assert "Where its addresses lead" in shown


def test_bad_input_is_told_at_its_field(client: Client, acme: TenantCast, globex: TenantCast, home: str) -> None:
    theirs = activated(oidc_connection(globex.tenant))
    oidc_connection(acme.tenant)
    for said in (
        {"subdomain": "other.example", "destination": "password"},
        {"subdomain": "emea", "destination": "connections"},
        {"subdomain": "emea", "destination": "connections", "connections": [str(theirs.pk)]},
        {"subdomain": "emea", "destination": "elsewhere"},
        {},
    ):
        answer = client.post(f"{home}rules/new/?for=subdomain", said)
        assert answer.status_code == 422
        assert "field__error" in answer.content.decode()
    assert not DomainRule.objects.exists()


def test_who_may_only_look_sees_no_buttons(acme: TenantCast, claim: EmailDomain, home: str) -> None:
    listing(claim, f"anna@{NAME}")
    client = Client()
    client.force_login(acme.account_of(acme.auditor))
    shown = client.get(home).content.decode()
    assert "1 listed address" in shown
    assert "rules/" not in shown
    assert client.get(f"{home}default/").status_code == 403
