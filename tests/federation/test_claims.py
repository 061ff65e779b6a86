"""What Cognito's token says of somebody, and what groups give. Pure."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.connections.claims import Claims, claims_of, role_from, rules_that_apply, values_of
from federation.connections.failures import WORDS, cause_of, in_words
from federation.connections.mapping import GroupRule, Mapping
from federation.connections.names import provider_name, username_prefix

MAPPING = Mapping(
    email="mail", given_name="first", family_name="last", groups="memberOf", custom={"badge": "employee", "site": "s"}
)


@given(st.lists(st.text(min_size=1), min_size=2, unique=True))
def test_several_values_come_back_as_they_were_sent(values: list[str]) -> None:
    """Each is form-encoded, so that commas and brackets in it are no others'."""
    text = f"[{','.join(quote_plus(value) for value in values)}]"
    assert values_of(text) == tuple(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ()),
        ("staff", ("staff",)),
        ("two words", ("two words",)),
        ("a, b", ("a, b",)),
        ("[]", ()),
        ("[a, b]", ("a", "b")),
        ("[a+b,c%2Cd,a+b]", ("a b", "c,d")),
    ],
)
def test_one_value_and_none(text: str, values: tuple[str, ...]) -> None:
    """A single one is no list."""
    assert values_of(text) == values


def test_only_what_is_mapped_now_is_read() -> None:
    """What an earlier mapping wrote stays in Cognito, and says nothing any more."""
    token = {
        "email": " Ada@Acme.Example ",
        "name": "Somebody Else",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "custom:lifeguard_groups": "[IT,Staff]",
        "custom:badge": "7",
        "custom:other": "x",
    }
    assert claims_of(token, MAPPING) == Claims(
        email="ada@acme.example", name="Ada Lovelace", groups=("IT", "Staff"), custom={"badge": "7", "site": ""}
    )


def test_the_full_name_goes_before_its_parts() -> None:
    """Where it is mapped and comes."""
    token = {"name": " Ada  King ", "given_name": "Ada", "family_name": "Lovelace"}
    assert claims_of(token, Mapping(name="n", given_name="g", family_name="f")).name == "Ada King"
    assert claims_of({**token, "name": ""}, Mapping(name="n", given_name="g", family_name="f")).name == "Ada Lovelace"


def test_the_highest_role_stands() -> None:
    """Whatever the order; without one the default."""
    rules = (GroupRule("a", role="auditor"), GroupRule("b", role="owner"), GroupRule("c", group="staff"))
    mapping = Mapping(groups="g", rules=rules)
    applying = rules_that_apply(mapping, Claims(groups=("c", "b", "a", "x")))
    assert role_from(applying, "") == "owner"
    assert role_from(rules_that_apply(mapping, Claims(groups=("c",))), "admin") == "admin"
    assert rules_that_apply(mapping, Claims(groups=("A",))) == ()


@pytest.mark.parametrize("code", WORDS)
def test_each_cause_has_words_for_the_person(code: str) -> None:
    """With the connection's name in them, whatever it holds."""
    words = in_words(code, "100% {x}")
    assert "{connection}" not in words
    assert words.endswith(".")


def test_causes_are_told_apart_by_what_came_back() -> None:
    """What is known; the rest is not accepted, and the log says why."""
    assert cause_of("access_denied", "The person said no") == "canceled"
    assert cause_of("invalid_request", "User is not enabled") == "disabled"
    assert cause_of("access_denied", "AADSTS50105: The signed in user is not assigned") == "not_assigned"
    assert cause_of("server_error", "Audience restriction") == "not_accepted"


@given(st.sets(st.integers(1, 30)))
def test_names_are_never_given_twice(taken: set[int]) -> None:
    """And fit into what Cognito allows."""
    used = {"k3v9x2ab-okta" + (str(number) if number > 1 else "") for number in taken}
    name = provider_name("k3v9x2ab", "okta", used)
    assert name not in used
    assert len(provider_name("k3v9x2ab", "a" * 16, used)) <= 32
    assert username_prefix(name).startswith("k3v9x2ab-okta")
