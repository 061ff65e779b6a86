"""From what is typed into a rule to what it says."""

import pytest

from federation.domains.typed_rules import addresses_in, subdomain_in
from tenants.errors import ValidationFailed

DOMAIN = "bücher.example".encode("idna").decode()


def test_addresses_come_out_once_each_in_the_form_in_which_they_are_compared() -> None:
    texts = ["Zoe@Acme.example\nanna@acme.example; ANNA@ACME.EXAMPLE,", " li@emea.acme.example "]
    assert addresses_in(texts, "acme.example") == ["anna@acme.example", "li@emea.acme.example", "zoe@acme.example"]
    assert addresses_in(["anna@Bücher.example"], DOMAIN) == [f"anna@{DOMAIN}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one"),
        (" ,\n; ", "at least one"),
        ("anna", "No e-mail address: anna"),
        ("anna@acme.example @acme.example a@b c d", "@acme.example, a@b, c and 1 more"),
        ("anna@other.example", "Not of acme.example"),
        ("anna@notacme.example", "Not of acme.example"),
        ("anna@acme.example.evil.example", "Not of acme.example"),
        (f"{'a' * 250}@acme.example", "No e-mail address"),
        ("an\x00na@acme.example", "No e-mail address"),
        ("an\u202ena@acme.example", "No e-mail address"),
    ],
)
def test_what_is_none_of_the_domains_is_told(text: str, told: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        addresses_in([text], "acme.example")
    assert told in refused.value.fields["addresses"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("emea", "emea.acme.example"),
        (" EMEA.acme.example. ", "emea.acme.example"),
        ("@uk.emea.acme.example", "uk.emea.acme.example"),
        ("*", "acme.example"),
        ("*.acme.example", "acme.example"),
        ("münchen.acme.example", "xn--mnchen-3ya.acme.example"),
    ],
)
def test_a_subdomain_is_understood(typed: str, name: str) -> None:
    assert subdomain_in(typed, "acme.example") == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ".",
        "acme.example",
        "other.example",
        "emea.other",
        "a b",
        "under_score",
        "*.emea",
        "-a",
        "a..acme.example",
        "é" * 70,
    ],
)
def test_what_is_no_subdomain_is_told(typed: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        subdomain_in(typed, "acme.example")
    assert "such as emea.acme.example" in refused.value.fields["subdomain"]
