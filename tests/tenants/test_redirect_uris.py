"""Which addresses an application may send its users back to."""

import pytest

from tenants.errors import ValidationFailed
from tenants.redirect_uris import clean_uris, fault, is_on_loopback, is_one_of, parse_uris


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "https://app.example:8443/callback?tenant=1",
        "http://localhost:3000/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:9000/cb",
    ],
)
def test_usable_addresses(uri: str) -> None:
    assert fault(uri) == ""


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/callback",
        "http://localhost.evil.example/",
        # Other spellings than the ones that are recognized as the person's own machine.
        "http://LOCALHOST:8400/cb",
        "HTTP://127.0.0.1/cb",
        "http://127.0.0.1:/cb",
        "https://app.example/#fragment",
        "https://*.app.example/cb",
        "https://user:password@app.example/cb",
        "https://user@app.example/cb",
        "app.example/callback",
        "//app.example/callback",
        "javascript:alert(1)",
        "com.example.app:/callback",
        "https://",
        "https:///path",
        "https://app.example:99999/",
        "https://app.example:0/",
        "https://[::1/",
        "https://app.example/a b",
        "https://app.example/\tb",
        "https://app.example\\@evil.example/",
        "https://äpp.example/",
        "https://app.example/" + "a" * 1024,
    ],
)
def test_unusable_addresses(uri: str) -> None:
    assert fault(uri)


def test_lines_are_addresses() -> None:
    assert parse_uris(" https://a.example/ \r\n\r\nhttps://b.example/\nhttps://a.example/") == [
        "https://a.example/",
        "https://b.example/",
    ]


def test_the_first_bad_line_is_named() -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_uris(["https://a.example/", "http://b.example/"], field="redirect_uris", required=True)
    assert refused.value.fields["redirect_uris"].startswith("http://b.example/: use https")


def test_one_is_needed() -> None:
    with pytest.raises(ValidationFailed):
        clean_uris([], field="redirect_uris", required=True)
    assert clean_uris([], field="post_logout_redirect_uris", required=False) == []


@pytest.mark.parametrize(
    ("sent", "registered", "public"),
    [
        ("http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", True),
        ("http://[::1]:49152/cb?a=1", "http://[::1]:1/cb?a=1", True),
        ("http://localhost:49152", "http://localhost", True),
        ("https://app.example/cb", "https://app.example/cb", False),
    ],
)
def test_any_port_of_a_native_applications_loopback_address_will_do(sent: str, registered: str, public: bool) -> None:
    assert is_one_of(sent, [registered], any_port=True)
    assert is_one_of(sent, [registered], any_port=False) is not public
    assert is_on_loopback(sent) is public


@pytest.mark.parametrize(
    "sent",
    [
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:49152/CB",
        "http://127.0.0.1:49152/cb#x",
        "http://127.0.0.1:49152/cb\n",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:\u0661/cb",
        "http://127.0.0.1:1:2/cb",
        "http://127.0.0.2:49152/cb",
        "http://a@127.0.0.1:49152/cb",
        "HTTP://127.0.0.1:49152/cb",
        "https://app.example:8443/cb",
    ],
)
def test_nothing_but_the_port_may_differ(sent: str) -> None:
    assert not is_one_of(sent, ["http://127.0.0.1/cb", "https://app.example/cb"], any_port=True)


def test_no_port_makes_it_longer_than_what_is_kept() -> None:
    registered = f"http://127.0.0.1/{'a' * (1024 - 17)}"
    assert is_one_of(registered, [registered], any_port=True)
    assert not is_one_of(registered.replace("1/", "1:8400/"), [registered], any_port=True)


@pytest.mark.parametrize(
    "uri", ["https://localhost/cb", "https://127.0.0.2:8400/cb", "https://[0:0::1]/", "HTTPS://App.LocalHost./"]
)
def test_by_https_it_is_the_persons_own_machine_as_well(uri: str) -> None:
    assert is_on_loopback(uri)


@pytest.mark.parametrize("uri", ["https://localhost.example/cb", "https://192.0.2.1/", "https://[::1/", "localhost"])
def test_everything_else_is_not(uri: str) -> None:
    assert not is_on_loopback(uri)
