"""Which names can be claimed."""

import pytest

from federation.domains.names import claimable, domain_of
from tenants.errors import ValidationFailed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("halden.example.com", "halden.example.com"),
        ("  Halden.COM ", "halden.com"),
        ("halden.com.", "halden.com"),
        ("ada@halden.com", "halden.com"),
        ("https://halden.com/about?x=1", "halden.com"),
        ("https://halden.com:8443", "halden.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("firma.co.uk", "firma.co.uk"),
    ],
)
def test_what_people_type_is_understood(typed: str, name: str) -> None:
    assert claimable(typed) == name


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "such as example.com"),
        ("localhost", "such as example.com"),
        ("no spaces.com", "such as example.com"),
        ("-halden.com", "such as example.com"),
        ("under_score.com", "such as example.com"),
        (f"{'a' * 64}.com", "such as example.com"),
        (".".join(["abcdefghij"] * 30) + ".com", "such as example.com"),
        ("192.0.2.7", "IP address"),
        ("co.uk", "anybody can register"),
        ("com", "such as example.com"),
        ("gmail.com", "Anybody can have an address"),
        ("Someone@Outlook.com", "Anybody can have an address"),
    ],
)
def test_what_nobody_can_claim_is_refused_with_the_reason(typed: str, told: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        claimable(typed)
    assert told in refused.value.fields["name"]


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("Ada@Halden.com", "halden.com"),
        ('"a@b"@halden.com', "halden.com"),
        ("ada@bücher.de", "xn--bcher-kva.de"),
        ("ada", ""),
        ("ada@", ""),
    ],
)
def test_the_domain_of_an_address(email: str, name: str) -> None:
    assert domain_of(email) == name
