"""Which addresses an application may send its users back to."""

import pytest

from tenants.errors import ValidationFailed
from tenants.redirect_uris import clean_uris, fault, parse_uris


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
