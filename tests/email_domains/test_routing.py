"""Which rule counts for an address, and what it comes to."""

import uuid
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.domains.routing import UNTOLD, Destination, Rule, Scope, decide, matching, names_over, overtaken, route

DOMAIN = "acme.example"
OKTA, ENTRA, GONE = (uuid.UUID(int=number) for number in (1, 2, 3))
ACTIVE = (OKTA, ENTRA)

PILOT = Rule(
    Scope.ADDRESSES,
    Destination.CONNECTIONS,
    connections=(ENTRA,),
    addresses=frozenset({f"anna@{DOMAIN}", f"li@apac.{DOMAIN}"}),
)
EMEA = Rule(Scope.SUBDOMAIN, Destination.CONNECTIONS, connections=(ENTRA,), subdomain=f"emea.{DOMAIN}")
UK = Rule(Scope.SUBDOMAIN, Destination.PASSWORD, subdomain=f"uk.emea.{DOMAIN}")
BELOW = Rule(Scope.SUBDOMAIN, Destination.EVERY, subdomain=DOMAIN)
ABROAD = Rule(Scope.ADDRESSES, Destination.EVERY, addresses=frozenset({f"li@a.emea.{DOMAIN}"}))
REST = Rule(Scope.DEFAULT, Destination.CONNECTIONS, connections=(OKTA,))
ALL = (PILOT, EMEA, UK, BELOW, REST)


@pytest.mark.parametrize(
    ("address", "rules", "counts"),
    [
        ("anna@acme.example", ALL, PILOT),
        ("bob@acme.example", ALL, REST),
        ("bob@acme.example", (), UNTOLD),
        ("anna@emea.acme.example", ALL, EMEA),
        ("bob@deep.emea.acme.example", ALL, EMEA),
        ("bob@uk.emea.acme.example", ALL, UK),
        ("bob@anything.acme.example", ALL, BELOW),
        ("li@apac.acme.example", ALL, PILOT),
        ("bob@apac.acme.example", (PILOT, EMEA, REST), None),
        ("bob@notemea.acme.example", (EMEA, REST), None),
        ("bob@notacme.example", ALL, None),
        ("bob@example", ALL, None),
        ("bob", ALL, None),
        ("", ALL, None),
    ],
)
def test_the_most_exact_rule_counts(address: str, rules: Sequence[Rule], counts: Rule | None) -> None:
    assert matching(DOMAIN, rules, address) == counts


@pytest.mark.parametrize(
    ("rule", "active", "connections", "falls_back"),
    [
        (REST, ACTIVE, (OKTA,), False),
        (REST, (ENTRA,), (), True),
        (UNTOLD, ACTIVE, ACTIVE, False),
        (UNTOLD, (), (), True),
        (UK, ACTIVE, (), False),
        (Rule(Scope.DEFAULT, Destination.CONNECTIONS, connections=(GONE, ENTRA, OKTA)), ACTIVE, ACTIVE, False),
    ],
)
def test_only_what_is_in_use_is_led_to(
    rule: Rule, active: Sequence[uuid.UUID], connections: Sequence[uuid.UUID], falls_back: bool
) -> None:
    decision = decide(rule, active)
    assert (decision.connections, decision.falls_back) == (connections, falls_back)
    assert decision.by_password is not bool(connections)


@pytest.mark.parametrize(
    ("rule", "own", "other"),
    [
        (EMEA, [DOMAIN], ""),
        (EMEA, [DOMAIN, f"emea.{DOMAIN}"], f"emea.{DOMAIN}"),
        (UK, [DOMAIN, f"emea.{DOMAIN}"], f"emea.{DOMAIN}"),
        (EMEA, [f"uk.emea.{DOMAIN}"], ""),
        (BELOW, [f"emea.{DOMAIN}"], ""),
        (PILOT, [f"apac.{DOMAIN}"], ""),
        (REST, [f"emea.{DOMAIN}"], ""),
        (ABROAD, [f"emea.{DOMAIN}"], f"emea.{DOMAIN}"),
    ],
)
def test_a_nearer_domain_of_ones_own_takes_a_rule_its_addresses(rule: Rule, own: Sequence[str], other: str) -> None:
    assert overtaken(DOMAIN, rule, own) == other


def test_the_names_over_a_name_are_those_that_can_be_claimed() -> None:
    assert names_over("uk.emea.acme.example") == ["uk.emea.acme.example", "emea.acme.example", "acme.example"]
    assert names_over("example") == names_over("") == []


LABELS = st.sampled_from(["a", "b", "c"])
NAMES = st.lists(LABELS, max_size=3).map(lambda labels: ".".join([*labels, DOMAIN]))
ADDRESSES = st.builds("{}@{}".format, st.sampled_from(["anna", "bob", "li"]), NAMES)
CONNECTIONS = st.sets(st.sampled_from([OKTA, ENTRA, GONE]), max_size=3).map(tuple)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    """Rules as the services keep them: no address in two lists, no sub-domain twice, one default at the most."""
    list_of = draw(st.dictionaries(ADDRESSES, st.integers(0, 2), max_size=8))
    lists = [frozenset(each for each in list_of if list_of[each] == number) for number in set(list_of.values())]
    rules = [draw(_rule(Scope.ADDRESSES, addresses=some)) for some in lists]
    rules += [draw(_rule(Scope.SUBDOMAIN, subdomain=name)) for name in draw(st.sets(NAMES, max_size=4))]
    if draw(st.booleans()):
        rules.append(draw(_rule(Scope.DEFAULT)))
    return rules


def _rule(scope: Scope, *, addresses: frozenset[str] = frozenset(), subdomain: str = "") -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        scope=st.just(scope),
        destination=st.sampled_from(list(Destination)),
        connections=CONNECTIONS,
        addresses=st.just(addresses),
        subdomain=st.just(subdomain),
    )


@given(rules=rule_sets(), address=ADDRESSES, active=CONNECTIONS, order=st.randoms())
def test_what_counts_depends_on_nothing_but_the_rules(
    rules: list[Rule], address: str, active: tuple[uuid.UUID, ...], order: Random
) -> None:
    """Not on their order; and nobody is led to what is not in use, or what no rule for them names."""
    decision = route(DOMAIN, rules, address, active)
    shuffled = list(rules)
    order.shuffle(shuffled)
    assert route(DOMAIN, shuffled, address, active) == decision
    if decision is None:
        assert not address.endswith(f"@{DOMAIN}")
        return
    rule = decision.rule
    assert rule in [*rules, UNTOLD]
    assert set(decision.connections) <= set(active)
    assert not decision.connections or rule.destination != Destination.PASSWORD
    if rule.destination == Destination.CONNECTIONS:
        assert set(decision.connections) == set(active) & set(rule.connections)


@given(rules=rule_sets(), address=ADDRESSES)
def test_no_rule_is_passed_over_for_a_less_exact_one(rules: list[Rule], address: str) -> None:
    found = matching(DOMAIN, rules, address)
    name = address.rpartition("@")[2]
    for rule in rules:
        if address in rule.addresses:
            assert found is rule
            return
    if name == DOMAIN:
        assert found is not None
        assert found.scope == Scope.DEFAULT
        return
    fitting = [
        rule for rule in rules if rule.subdomain and (name == rule.subdomain or name.endswith(f".{rule.subdomain}"))
    ]
    assert (found is None) == (not fitting)
    assert found is None or all(len(rule.subdomain) <= len(found.subdomain) for rule in fitting)
