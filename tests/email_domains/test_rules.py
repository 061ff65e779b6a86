"""Rules of a domain as they are kept: what is refused, what is written down, and what they lead to."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from federation.domains.routing import Destination, Scope
from federation.models import DomainRule, DomainStatus, EmailDomain
from federation.selectors.domain_rules import decision_at, named_connections
from federation.services import connection_states as states
from federation.services import domain_rules
from federation.services.domain_rules import WantedRule, add_rule, change_rule, remove_rule, set_default
from federation.services.email_domains import remove_domain
from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import AuditEvent, Tenant
from tests.factories import TenantCast
from tests.support.connections import ACTOR, activated, oidc_connection, saml_connection
from tests.support.domains import below, listing, otherwise, proved

NAME = "acme-works.com"


@pytest.fixture
def claim(acme: TenantCast) -> EmailDomain:
    """Acme's domain, proved."""
    return proved(acme.tenant, NAME)


def names_at(tenant: Tenant, email: str) -> list[str] | None:
    """The connections that an address leads to; none of them means the password, and None that nothing is said."""
    decision = decision_at(tenant, email)
    return None if decision is None else [each.name for each in named_connections(tenant, decision.connections)]


def fields_of(claim: EmailDomain, wanted: WantedRule) -> dict[str, str]:
    """What is said of a rule that is refused."""
    with pytest.raises(ValidationFailed) as refused:
        add_rule(claim.tenant, claim.pk, wanted, actor=ACTOR)
    return refused.value.fields


def test_addresses_a_subdomain_and_everybody_else_lead_each_elsewhere(acme: TenantCast, claim: EmailDomain) -> None:
    okta, entra = activated(saml_connection(acme.tenant)), activated(oidc_connection(acme.tenant))
    assert names_at(acme.tenant, f"bob@{NAME}") == ["Entra", "Okta"]
    listing(claim, f"Anna@{NAME.upper()}", to=entra)
    below(claim, "emea", to=okta)
    otherwise(claim)
    assert names_at(acme.tenant, f"ANNA@{NAME}") == ["Entra"]
    assert names_at(acme.tenant, f"anna@uk.emea.{NAME}") == ["Okta"]
    assert names_at(acme.tenant, f"bob@{NAME}") == []
    assert names_at(acme.tenant, f"bob@apac.{NAME}") is None
    assert names_at(acme.tenant, "bob@other.example") is None


@pytest.mark.parametrize("status", [DomainStatus.WAITING, DomainStatus.SETTLING])
def test_rules_of_a_domain_that_is_not_proved_say_nothing(
    acme: TenantCast, claim: EmailDomain, status: DomainStatus
) -> None:
    listing(claim, f"anna@{NAME}")
    EmailDomain.objects.update(status=status)
    assert decision_at(acme.tenant, f"anna@{NAME}") is None


def test_the_nearer_of_ones_own_domains_decides_alone(acme: TenantCast, claim: EmailDomain) -> None:
    entra = activated(oidc_connection(acme.tenant))
    below(claim, "emea")
    nearer = proved(acme.tenant, f"emea.{NAME}")
    assert names_at(acme.tenant, f"anna@emea.{NAME}") == ["Entra"]
    assert names_at(acme.tenant, f"anna@uk.emea.{NAME}") is None
    below(nearer, "uk", to=entra)
    assert names_at(acme.tenant, f"anna@uk.emea.{NAME}") == ["Entra"]


def test_what_a_neighbour_proved_changes_nothing_here(acme: TenantCast, globex: TenantCast, claim: EmailDomain) -> None:
    """Neither an answer nor a page of a tenant tells that its sub-domain is somebody else's."""
    entra = activated(oidc_connection(acme.tenant))
    below(claim, "emea", to=entra)
    proved(globex.tenant, f"emea.{NAME}")
    assert names_at(acme.tenant, f"anna@emea.{NAME}") == ["Entra"]


def test_a_connection_that_is_out_of_use_leaves_the_password(acme: TenantCast, claim: EmailDomain) -> None:
    okta, entra = activated(saml_connection(acme.tenant)), activated(oidc_connection(acme.tenant))
    listing(claim, f"anna@{NAME}", to=entra)
    otherwise(claim, okta, entra)
    states.disable(acme.tenant, entra.pk, actor=ACTOR)
    decision = decision_at(acme.tenant, f"anna@{NAME}")
    assert decision is not None
    assert decision.by_password
    assert decision.falls_back
    assert names_at(acme.tenant, f"bob@{NAME}") == ["Okta"]
    states.enable(acme.tenant, entra.pk, actor=ACTOR)
    assert names_at(acme.tenant, f"anna@{NAME}") == ["Entra"]
    states.delete_connection(acme.tenant, entra.pk, confirm_name="Entra", actor=ACTOR)
    assert names_at(acme.tenant, f"anna@{NAME}") == []


@pytest.mark.parametrize(
    ("wanted", "field", "told"),
    [
        (WantedRule(scope="default", destination="every"), "scope", "Choose one"),
        (WantedRule(scope="nothing", destination="every"), "scope", "Choose one"),
        (WantedRule(scope="subdomain", destination="nothing", subdomain="emea"), "destination", "Choose one"),
        (WantedRule(scope="subdomain", destination="connections", subdomain="emea"), "connections", "at least one"),
        (WantedRule(scope="subdomain", destination="every", subdomain="other.example"), "subdomain", "such as"),
        (WantedRule(scope="addresses", destination="every", addresses=("a@other.example",)), "addresses", "Not of"),
        (WantedRule(scope="addresses", destination="every"), "addresses", "at least one"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_field(
    claim: EmailDomain, wanted: WantedRule, field: str, told: str
) -> None:
    assert told in fields_of(claim, wanted)[field]
    assert not DomainRule.objects.exists()


def test_all_faults_are_told_at_once(claim: EmailDomain) -> None:
    wanted = WantedRule(scope=Scope.SUBDOMAIN, destination=Destination.CONNECTIONS, subdomain="other.example")
    assert fields_of(claim, wanted).keys() == {"subdomain", "connections"}


def test_a_neighbours_connection_is_told_like_one_that_does_not_exist(claim: EmailDomain, globex: TenantCast) -> None:
    theirs = activated(oidc_connection(globex.tenant))
    wanted = WantedRule(scope=Scope.SUBDOMAIN, destination=Destination.CONNECTIONS, subdomain="emea")
    told = [fields_of(claim, replace(wanted, connections=(key,))) for key in (theirs.pk, uuid.uuid4())]
    assert told[0] == told[1] == {"connections": "There is no such connection."}


def test_a_neighbours_domain_and_its_rules_are_not_found(
    acme: TenantCast, globex: TenantCast, claim: EmailDomain
) -> None:
    theirs = listing(claim, f"anna@{NAME}")
    ours = proved(globex.tenant, "globex-works.com")
    wanted = WantedRule(scope=Scope.SUBDOMAIN, destination=Destination.PASSWORD, subdomain="emea")
    for domain_id in (claim.pk, ours.pk):
        with pytest.raises(NotFound):
            change_rule(globex.tenant, domain_id, theirs.pk, wanted, actor=ACTOR)
        with pytest.raises(NotFound):
            remove_rule(globex.tenant, domain_id, theirs.pk, actor=ACTOR)
    for act in (add_rule, set_default):
        with pytest.raises(NotFound):
            act(globex.tenant, claim.pk, wanted, actor=ACTOR)
    assert list(DomainRule.objects.values_list("pk", flat=True)) == [theirs.pk]


def test_an_address_is_in_one_rule_and_a_subdomain_has_one(claim: EmailDomain) -> None:
    first = listing(claim, f"anna@{NAME}", f"bob@{NAME}")
    wanted = WantedRule(scope=Scope.ADDRESSES, destination=Destination.EVERY, addresses=(f"BOB@{NAME} li@{NAME}",))
    assert f"bob@{NAME}" in fields_of(claim, wanted)["addresses"]
    below(claim, "*")
    again = WantedRule(scope=Scope.SUBDOMAIN, destination=Destination.EVERY, subdomain=f"*.{NAME}")
    assert "already" in fields_of(claim, again)["subdomain"]
    kept = change_rule(claim.tenant, claim.pk, first.pk, wanted, actor=ACTOR)
    assert kept.addresses == [f"bob@{NAME}", f"li@{NAME}"]


def test_there_is_an_end_to_rules_and_to_addresses(claim: EmailDomain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain_rules, "MOST_RULES", 2)
    monkeypatch.setattr(domain_rules, "MOST_ADDRESSES", 3)
    otherwise(claim)
    first = listing(claim, f"a@{NAME}", f"b@{NAME}")
    wanted = WantedRule(scope=Scope.ADDRESSES, destination=Destination.EVERY, addresses=(f"c@{NAME}", f"d@{NAME}"))
    assert "can list 3" in fields_of(claim, wanted)["addresses"]
    below(claim, "emea")
    with pytest.raises(Conflict, match="2 rules"):
        add_rule(claim.tenant, claim.pk, wanted, actor=ACTOR)
    change_rule(claim.tenant, claim.pk, first.pk, wanted, actor=ACTOR)


def test_each_change_is_audited_with_what_differs(acme: TenantCast, owner: Actor, claim: EmailDomain) -> None:
    entra = oidc_connection(acme.tenant)
    wanted = WantedRule(scope=Scope.ADDRESSES, destination=Destination.PASSWORD, addresses=(f"a@{NAME} b@{NAME}",))
    rule = add_rule(acme.tenant, claim.pk, wanted, actor=owner)
    change_rule(acme.tenant, claim.pk, rule.pk, wanted, actor=owner)
    other = WantedRule(
        scope=Scope.ADDRESSES,
        destination=Destination.CONNECTIONS,
        addresses=(f"b@{NAME} c@{NAME}",),
        connections=(entra.pk,),
    )
    change_rule(acme.tenant, claim.pk, rule.pk, other, actor=owner)
    remove_rule(acme.tenant, claim.pk, rule.pk, actor=owner)
    events = list(AuditEvent.objects.filter(action__startswith="domain.rule").order_by("sequence"))
    assert [event.action for event in events] == ["domain.rule_added", "domain.rule_changed", "domain.rule_removed"]
    assert {(event.target_label, event.actor_label) for event in events} == {(NAME, owner.label)}
    changed = events[1]
    assert changed.before == {"for": "addresses", "leads_to": "password", "addresses": [f"a@{NAME}"]}
    assert changed.after == {
        "for": "addresses",
        "leads_to": "connections",
        "addresses": [f"c@{NAME}"],
        "connections": ["Entra"],
    }
    assert events[2].before["addresses"] == [f"b@{NAME}", f"c@{NAME}"]


def test_the_default_is_set_and_not_removed(acme: TenantCast, claim: EmailDomain) -> None:
    default = otherwise(claim)
    assert otherwise(claim).pk == default.pk
    with pytest.raises(NotFound):
        remove_rule(acme.tenant, claim.pk, default.pk, actor=ACTOR)
    assert AuditEvent.objects.filter(action="domain.rule_changed").count() == 1


def test_rules_go_with_their_domain(acme: TenantCast, claim: EmailDomain) -> None:
    listing(claim, f"anna@{NAME}")
    remove_domain(acme.tenant, claim.pk, confirm_name=NAME, actor=ACTOR)
    assert not DomainRule.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_list_an_address_at_the_same_time_do_not_both(claim: EmailDomain) -> None:
    with ThreadPoolExecutor(max_workers=4) as workers:
        said = list(workers.map(_list_in_a_thread, [claim] * 4))
    assert sorted(said) == [False, False, False, True]
    assert DomainRule.objects.count() == 1


def _list_in_a_thread(claim: EmailDomain) -> bool:
    try:
        listing(claim, f"anna@{NAME}")
    except ValidationFailed:
        return False
    finally:
        connection.close()
    return True
