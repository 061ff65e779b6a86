"""Discovery from a real server: the document, the keys, and what goes wrong on the way."""

import json
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from federation.fetching import FetchFailed, FetchRefused
from federation.oidc_discovery import DiscoveryError, discover
from tests.support.web_servers import Server, http, redirect, serving, silence

WELL_KNOWN = "/.well-known/openid-configuration"
KEY = {"kty": "RSA", "kid": "1", "n": "v" * 342, "e": "AQAB"}


@pytest.fixture(autouse=True)
def this_machine_may_be_asked(settings: Settings) -> None:
    settings.FETCH_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def publish(server: Server, path: str = "", *, slash: str = "", **changes: object) -> str:
    """Have a server answer as a provider does; return its issuer."""
    origin = f"http://127.0.0.1:{server.port}"
    document = {
        "issuer": origin + path + slash,
        "authorization_endpoint": origin + "/authorize",
        "token_endpoint": origin + "/token",
        "userinfo_endpoint": origin + "/userinfo",
        "jwks_uri": origin + "/keys",
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email"],
    } | changes
    server.answers[path + WELL_KNOWN] = http("200 OK", json.dumps(document).encode())
    server.answers["/keys"] = http("200 OK", json.dumps({"keys": [KEY]}).encode())
    return origin + path + slash


@pytest.mark.parametrize(("path", "slash"), [("", ""), ("/realms/staff", ""), ("", "/"), ("/tenant/v2.0", "/")])
def test_a_good_provider_is_discovered(server: Server, path: str, slash: str) -> None:
    issuer = publish(server, path, slash=slash)
    found = discover(issuer)
    assert not found.findings
    assert found.issuer == issuer
    assert found.token_url.endswith("/token")


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_address_of_the_document_leads_to_the_issuer(server: Server, slash: str) -> None:
    issuer = publish(server, slash=slash)
    assert discover(issuer.rstrip("/") + WELL_KNOWN).issuer == issuer


def test_an_issuer_with_another_end_is_told_how_to_write_it(server: Server) -> None:
    issuer = publish(server, slash="/")
    with pytest.raises(DiscoveryError) as refused:
        discover(issuer.rstrip("/"))
    assert refused.value.code == "issuer_differs"
    assert f"“{issuer}”" in refused.value.remedy


@pytest.mark.parametrize(
    "issuer",
    ["", "login.example.com", "https://a.example/?x=1", "https://a.example/?", "https://a.example/#x", "mailto:a"],
)
def test_what_is_no_issuer_is_refused(issuer: str) -> None:
    with pytest.raises(DiscoveryError) as refused:
        discover(issuer)
    assert refused.value.code == "issuer_invalid"


def test_a_server_without_the_document_is_told(server: Server) -> None:
    server.answers[WELL_KNOWN] = http("404 Not Found", b"secret page")
    with pytest.raises(DiscoveryError, match="404") as refused:
        discover(f"http://127.0.0.1:{server.port}")
    assert refused.value.code == "no_document"
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with silence() as port:
        pass
    with pytest.raises(FetchFailed):
        discover(f"http://127.0.0.1:{port}")


def test_keys_that_cannot_be_read_are_an_error_among_others(server: Server) -> None:
    issuer = publish(server)
    server.answers["/keys"] = http("500 Oops", b"secret page")
    found = discover(issuer)
    assert [item.code for item in found.errors] == ["keys_unreachable"]
    assert "500" in found.errors[0].message
    assert "secret" not in found.errors[0].message


def test_keys_that_are_none_are_an_error(server: Server) -> None:
    issuer = publish(server)
    server.answers["/keys"] = http("200 OK", b"<html>")
    assert [item.code for item in discover(issuer).errors] == ["keys_invalid"]


def test_errors_of_keys_go_before_warnings_of_the_document(server: Server) -> None:
    issuer = publish(server, scopes_supported=["openid"])
    server.answers["/keys"] = http("200 OK", b'{"keys": []}')
    assert [item.code for item in discover(issuer).findings] == ["no_usable_key", "no_email_scope"]


def test_the_document_s_addresses_are_checked_like_the_first(server: Server) -> None:
    """A provider that anybody can run must not make us ask what only we can reach."""
    with silence("127.0.0.2", server.port):
        issuer = publish(server, jwks_uri=f"http://127.0.0.2:{server.port}/keys")
        assert [item.code for item in discover(issuer).errors] == ["keys_unreachable"]
        server.answers[WELL_KNOWN] = redirect(f"http://127.0.0.2:{server.port}/")
        with pytest.raises(FetchRefused):
            discover(issuer)


def test_a_document_that_is_too_large_is_not_read(server: Server) -> None:
    issuer = publish(server, padding="x" * 300_000)
    with pytest.raises(FetchFailed) as failed:
        discover(issuer)
    assert failed.value.code == "too_large"
