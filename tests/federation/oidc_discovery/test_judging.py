"""What a provider has to say for Cognito to work with it, rule by rule; with documents of the shape providers have."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.oidc_discovery import DiscoveryError, document, keys
from federation.oidc_discovery.sayings import SAYINGS
from federation.sayings import Finding, Severity

ISSUER = "https://login.example.com"
URL = ISSUER + "/.well-known/openid-configuration"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": ISSUER + "/authorize",
    "token_endpoint": ISSUER + "/token",
    "userinfo_endpoint": ISSUER + "/userinfo",
    "jwks_uri": ISSUER + "/keys",
    "response_types_supported": ["code", "id_token"],
    "grant_types_supported": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    "id_token_signing_alg_values_supported": ["RS256", "ES256"],
    "scopes_supported": ["openid", "email", "profile"],
}
MODULUS = "v" * 342  # 256 octets, base64url
KEY = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": MODULUS, "e": "AQAB"}


def said(**changes: object) -> dict[str, Severity]:
    """What is said of the good document with some members changed; None takes one away."""
    changed = {name: value for name, value in (GOOD | changes).items() if value is not None}
    found = document.judged(ISSUER, changed, url=URL)
    return {item.code: item.severity for item in found.findings}


def test_nothing_is_said_of_what_is_right() -> None:
    found = document.judged(ISSUER, GOOD, url=URL)
    assert not found.findings
    assert found.authorize_url == ISSUER + "/authorize"
    assert found.token_url == ISSUER + "/token"
    assert found.userinfo_url == ISSUER + "/userinfo"
    assert found.jwks_url == ISSUER + "/keys"
    assert found.scopes == ("openid", "email", "profile")


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        *(("endpoint_missing", {name: None}) for name in document.ENDPOINTS),
        *(("endpoint_missing", {name: 7}) for name in document.ENDPOINTS),
        ("endpoint_invalid", {"token_endpoint": "/token"}),
        ("endpoint_invalid", {"authorization_endpoint": "javascript:alert(1)"}),
        ("endpoint_invalid", {"token_endpoint": "https://user@login.example.com/token"}),
        ("endpoint_not_https", {"token_endpoint": "http://login.example.com/token"}),
        ("endpoint_port", {"token_endpoint": "https://login.example.com:8443/token"}),
        ("no_code_flow", {"response_types_supported": ["id_token", "code id_token"]}),
        ("no_code_grant", {"grant_types_supported": ["implicit"]}),
        ("no_client_secret_post", {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}),
        ("no_client_secret_post", {"token_endpoint_auth_methods_supported": []}),
        ("no_rs256", {"id_token_signing_alg_values_supported": ["ES256"]}),
        ("no_openid_scope", {"scopes_supported": ["email"]}),
    ],
)
def test_what_cannot_work_is_an_error(code: str, changes: dict[str, object]) -> None:
    assert said(**changes) == {code: Severity.ERROR}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("auth_methods_unsaid", {"token_endpoint_auth_methods_supported": None}),
        ("no_email_scope", {"scopes_supported": ["openid"]}),
    ],
)
def test_what_works_is_a_warning(code: str, changes: dict[str, object]) -> None:
    assert said(**changes) == {code: Severity.WARNING}


def test_what_is_left_out_means_the_standard_s_default() -> None:
    assert not said(grant_types_supported=None, scopes_supported=None)


def test_endpoints_may_be_like_an_issuer_that_the_installation_let_through() -> None:
    local = json.loads(json.dumps(GOOD).replace(ISSUER, "http://127.0.0.1:9000"))
    assert not document.judged("http://127.0.0.1:9000", local, url=URL).findings


@pytest.mark.parametrize(
    ("code", "issuer", "found"),
    [
        ("issuer_missing", ISSUER, None),
        ("issuer_missing", ISSUER, 7),
        ("issuer_differs", ISSUER, ISSUER + "/"),
        ("issuer_differs", ISSUER, "https://LOGIN.example.com"),
        ("issuer_differs", ISSUER, "<script>"),
        ("issuer_of_all", ISSUER + "/common/v2.0", ISSUER + "/{tenantid}/v2.0"),
        ("issuer_of_all", ISSUER + "/organizations", ISSUER + "/{tenantid}/v2.0"),
    ],
)
def test_another_issuer_is_refused(code: str, issuer: str, found: object) -> None:
    with pytest.raises(DiscoveryError) as refused:
        document.judged(issuer, GOOD | {"issuer": found}, url=URL)
    assert refused.value.code == code
    assert "<script>" not in refused.value.message + refused.value.remedy


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("html", b"<!DOCTYPE html><html>secret</html>"),
        ("saml_metadata", b'<?xml version="1.0"?><EntityDescriptor/>'),
        ("saml_metadata", b"\xef\xbb\xbf<EntityDescriptor/>"),
        ("not_json", b"secret"),
        ("not_json", b""),
        ("not_json", b'{"issuer": '),
        ("not_json", b"[]"),
        ("not_json", b"\xff\xfe\xff"),
        ("not_json", b"[" * 100_000),
        ("not_json", b"1" * 5000),
    ],
)
def test_what_is_no_document_is_called_what_it_is(code: str, data: bytes) -> None:
    with pytest.raises(DiscoveryError) as refused:
        document.read_object(data, url=URL)
    assert refused.value.code == code
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("code", "listed"),
    [
        ("", [KEY]),
        ("", [{"kty": "RSA", "kid": "1", "n": MODULUS, "e": "AQAB"}]),
        ("", [KEY, {"kty": "EC", "crv": "P-256", "kid": "2"}, "nothing"]),
        ("keys_invalid", None),
        ("keys_invalid", {"1": KEY}),
        ("no_usable_key", []),
        ("no_usable_key", [KEY | {"use": "enc"}]),
        ("no_usable_key", [KEY | {"alg": "RS512"}]),
        ("no_usable_key", [KEY | {"n": "?"}]),
        ("no_usable_key", [KEY | {"n": 7}]),
        ("no_usable_key", [{"kty": "EC", "kid": "2"}]),
        ("key_without_id", [{name: value for name, value in KEY.items() if name != "kid"}]),
        ("key_without_id", [KEY | {"kid": ""}]),
        ("keys_without_id_beside", [KEY, KEY | {"kid": ""}]),
        ("key_weak", [KEY | {"n": "v" * 171}]),
        ("private_key_published", [KEY | {"d": "AQAB"}]),
        ("private_key_published", [KEY, {"kty": "oct", "k": "AQAB"}]),
    ],
)
def test_keys_are_judged(code: str, listed: object) -> None:
    assert [item.code for item in keys.judged({"keys": listed})] == ([code] if code else [])


MEMBERS = st.sampled_from([*GOOD, *KEY, "keys"])
WORDS = st.sampled_from([ISSUER, "code", "RS256", "RSA", MODULUS])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MEMBERS, inner, max_size=6),
    max_leaves=20,
)


def of_the_table(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    return all(item.code in SAYINGS and item.message and item.remedy for item in findings)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(MEMBERS, JSON))
def test_any_document_is_judged_or_refused(value: dict[str, object]) -> None:
    assert of_the_table(keys.judged(value))
    assert of_the_table(document.judged(ISSUER, value | {"issuer": ISSUER}, url=URL).findings)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(data: bytes) -> None:
    try:
        value = document.read_object(data, url=URL)
    except DiscoveryError as error:
        refused = error.code
    else:
        refused = ""
        assert isinstance(value, dict)
    assert refused in {"", "html", "saml_metadata", "not_json"}
