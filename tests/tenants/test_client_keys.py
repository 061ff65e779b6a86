"""Key sets of applications: what is taken, and what is told of the others."""

import json
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from tenants.client_keys import LONGEST_TEXT, parse_keys
from tenants.errors import ValidationFailed
from tests.support.certificates import curve_key, rsa_key, short_rsa_key


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    """A key as JSON has it; a private one with what is private."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        found: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    elif isinstance(key, (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey)):
        found = jwt.algorithms.OKPAlgorithm.to_jwk(key, as_dict=True)
    else:
        found = jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    return {**{name: value for name, value in found.items() if name != "key_ops"}, **more}


RSA = jwk(rsa_key().public_key(), kid="1")
CURVE = jwk(curve_key(ec.SECP256R1).public_key(), kid="2")


def refused(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    with pytest.raises(ValidationFailed) as raised:
        parse_keys(text)
    assert set(raised.value.fields) == {"public_keys"}
    return raised.value.message


def test_sets_and_single_keys_are_read() -> None:
    assert parse_keys(" \n") == []
    assert parse_keys(json.dumps({"keys": [RSA, CURVE]})) == [RSA, CURVE]
    assert parse_keys(json.dumps(RSA)) == [RSA]
    assert parse_keys(json.dumps({**RSA, "use": "sig", "alg": "PS256", "x5c": ["AAAA"]})) == [{**RSA, "alg": "PS256"}]


def test_a_private_key_is_not_kept() -> None:
    for private in (rsa_key(), curve_key(ec.SECP256R1)):
        assert "private key" in refused({"keys": [jwk(private)]})
    assert "shared one" in refused({"kty": "oct", "k": "c2VjcmV0"})


@pytest.mark.parametrize(
    "value",
    [
        "not json",
        "[]",
        "7",
        {"keys": []},
        {"keys": "all"},
        {"keys": [7]},
        {},
        {"kty": "RSA", "n": "AQAB"},
        {**RSA, "n": 7},
        {**RSA, "n": "****"},
        {**RSA, "use": "enc"},
        {**RSA, "alg": "HS256"},
        {**RSA, "alg": "none"},
        {**CURVE, "alg": "RS256"},
        {**RSA, "kid": "k" * 201},
        jwk(short_rsa_key()),
        jwk(curve_key(ec.SECP384R1).public_key()),
        jwk(ed25519.Ed25519PrivateKey.generate().public_key()),
        {"keys": [RSA, {**CURVE, "kid": "1"}]},
        {"keys": [{**RSA, "kid": str(number)} for number in range(6)]},
        " " * LONGEST_TEXT + "{}",
    ],
)
def test_what_cannot_be_used_is_refused_in_words(value: object) -> None:
    assert refused(value)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["keys", "kty", "n", "e", "kid", "crv", "x", "y", "alg"]), inner)
        ),
    )
)
def test_nothing_else_is_ever_raised(value: Any) -> None:
    with suppress(ValidationFailed):
        parse_keys(json.dumps(value))
