"""Verifying tokens: everything that is not exactly ours, or exactly the pool's, is refused."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from federation.services.signing_keys import public_keys
from identity import tokens
from identity.auth.types import SignedIn
from identity.jwt_checks import TokenInvalid
from identity.token_keys import KeyCache, KeysUnavailable, PublicKey, UnknownKey, read_key_set
from identity.tokens import verify_access_token, verify_id_token
from tenants.models import Tenant
from tests.factories import TenantFactory
from tests.support.keys import public_keys_of

AUDIENCE = "https://api.example"
Sign = Callable[..., str]


@dataclass(frozen=True)
class Issuer:
    """A key pair that is published under the kid `k1`."""

    private: rsa.RSAPrivateKey

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Right claims of an access token; None leaves one out."""
        now = int(time.time())
        right = {
            "iss": settings.SIGNIN_URL,
            "sub": str(uuid.uuid4()),
            "aud": AUDIENCE,
            "client_id": "app_1",
            "org_id": str(uuid.uuid4()),
            "jti": "j",
            "iat": now,
            "exp": now + 600,
            "scope": "openid email",
            "roles": ["admin"],
        }
        return {name: value for name, value in {**right, **changed}.items() if value is not None}

    def sign(self, *, headers: dict[str, Any] | None = None, **changed: Any) -> str:
        """Sign an access token."""
        return jwt.encode(
            self.claims(**changed), self.private, "RS256", headers={"kid": "k1", "typ": "at+jwt", **(headers or {})}
        )

    def id_token(self, **changed: Any) -> str:
        """Sign an ID token."""
        right = {"aud": "app_1", "client_id": None, "sid": str(uuid.uuid4()), "nonce": "n"}
        return self.sign(headers={"typ": "JWT"}, **{**right, **changed})


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def issuer(private_key: rsa.RSAPrivateKey) -> Iterator[Issuer]:
    """Our issuer, with one key."""
    tokens.use_own_keys(lambda: public_keys_of(k1=private_key))
    yield Issuer(private_key)
    tokens.use_own_keys(public_keys)


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def refuse(token: str, match: str | None = None) -> None:
    with pytest.raises(TokenInvalid, match=match):
        verify_access_token(token, audience=AUDIENCE)


# Our access tokens.


def test_a_right_token(issuer: Issuer) -> None:
    claims = issuer.claims()
    token = issuer.sign(**claims)
    verified = verify_access_token(token, audience=AUDIENCE)
    assert str(verified.subject) == claims["sub"]
    assert str(verified.tenant_id) == claims["org_id"]
    assert (verified.client_id, verified.token_id) == ("app_1", "j")
    assert verified.scope == {"openid", "email"}
    assert verified.roles == ("admin",)
    assert verified.expires_at.timestamp() == claims["exp"]
    verify_access_token(issuer.sign(headers={"typ": "application/AT+JWT"}), audience=AUDIENCE)


def test_the_tenant(issuer: Issuer, db: None) -> None:
    acme: Tenant = TenantFactory.create()
    own = issuer.sign(org_id=str(acme.pk))
    assert verify_access_token(own, audience=AUDIENCE, tenant=acme).tenant_id == acme.pk
    with pytest.raises(TokenInvalid, match="another tenant"):
        verify_access_token(issuer.sign(), audience=AUDIENCE, tenant=acme)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://attacker.example"},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 99999999999},
        {"nbf": 99999999999},
        {"sub": None},
        {"sub": "root"},
        {"org_id": None},
        {"org_id": "acme"},
        {"client_id": None},
        {"jti": None},
        {"exp": "99999999999"},
        {"scope": 1},
    ],
)
def test_wrong_claims(issuer: Issuer, changed: dict[str, Any]) -> None:
    refuse(issuer.sign(**changed))


def test_half_a_minute_of_leeway(issuer: Issuer) -> None:
    now = int(time.time())
    verify_access_token(issuer.sign(exp=now - 20), audience=AUDIENCE)
    refuse(issuer.sign(exp=now - 40), "expired")


@pytest.mark.parametrize("token_type", ["JWT", "", "at+jwtx", "id+jwt", None])
def test_wrong_types(issuer: Issuer, token_type: str | None) -> None:
    refuse(issuer.sign(headers={"typ": token_type}), "not an access token")


def test_an_id_token_is_no_access_token(issuer: Issuer) -> None:
    refuse(issuer.id_token(aud=AUDIENCE, client_id="app_1"), "not an access token")


def test_no_algorithm(issuer: Issuer) -> None:
    claims = segment(issuer.claims())
    for name in ("none", "None", "NONE"):
        header = segment({"alg": name, "kid": "k1", "typ": "at+jwt"})
        refuse(f"{header}.{claims}.")
        signature = issuer.sign().rpartition(".")[2]
        refuse(f"{header}.{claims}.{signature}")


def test_hmac_with_the_public_key(issuer: Issuer) -> None:
    pem = issuer.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for secret in (pem, pem.strip(), b""):
        signed = segment({"alg": "HS256", "kid": "k1", "typ": "at+jwt"}) + "." + segment(issuer.claims())
        digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        refuse(f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}")


def test_a_key_that_the_token_brings(issuer: Issuer) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key(), as_dict=True)
    for extra in ({"jwk": jwk}, {"jku": "https://attacker.example/jwks"}, {"x5u": "https://attacker.example/"}):
        for kid in ("k1", "stranger"):
            headers = {"kid": kid, "typ": "at+jwt", **extra}
            refuse(jwt.encode(issuer.claims(), stranger, "RS256", headers=headers))


@pytest.mark.parametrize("kid", ["unknown", "", "../k1", None])
def test_unknown_keys(issuer: Issuer, kid: str | None) -> None:
    headers = {"typ": "at+jwt"} | ({"kid": kid} if kid is not None else {})
    refuse(jwt.encode(issuer.claims(), issuer.private, "RS256", headers=headers))


def test_another_rsa_algorithm(issuer: Issuer) -> None:
    for algorithm in ("RS512", "PS256"):
        refuse(jwt.encode(issuer.claims(), issuer.private, algorithm, headers={"kid": "k1", "typ": "at+jwt"}))


def test_changed_parts(issuer: Issuer) -> None:
    header, claims, signature = issuer.sign().split(".")
    other_header, other_claims, _ = issuer.sign(roles=["owner"]).split(".")
    refuse(f"{header}.{other_claims}.{signature}")
    refuse(f"{header}.{claims}.{signature[:-4]}AAAA")
    refuse(f"{header}.{claims}.")
    refuse(f"{header}.{claims}")
    del other_header
    for text in ("", "x", "a.b.c", "....", "\x00.\x00.\x00"):
        refuse(text)


# Our ID tokens.


def test_id_tokens(issuer: Issuer) -> None:
    verified = verify_id_token(issuer.id_token(), client_id="app_1")
    assert (verified.client_id, verified.nonce) == ("app_1", "n")
    for wrong in (
        issuer.id_token(aud="app_2"),
        issuer.id_token(aud=["app_1", "app_2"]),
        issuer.id_token(sid=None),
        issuer.sign(aud="app_1"),
        issuer.id_token(exp=1),
    ):
        with pytest.raises(TokenInvalid):
            verify_id_token(wrong, client_id="app_1")
    assert verify_id_token(issuer.id_token(exp=1), client_id=None, accept_expired=True).client_id == "app_1"
    with pytest.raises(TokenInvalid):
        verify_id_token(issuer.id_token(exp=1, iss="https://attacker.example"), client_id=None, accept_expired=True)


# The cache of keys.


def test_the_cache_asks_anew_for_a_new_key_and_not_more_often(private_key: rsa.RSAPrivateKey) -> None:
    now, fetched = [0.0], list[float]()
    served = public_keys_of(old=private_key)

    def fetch() -> dict[str, PublicKey]:
        fetched.append(now[0])
        return dict(served)

    cache = KeyCache(fetch, min_refresh_seconds=5, clock=lambda: now[0])
    cache.get("old")
    cache.get("old")
    assert fetched == [0.0]
    for _ in range(3):
        with pytest.raises(UnknownKey):
            cache.get("new")
    assert fetched == [0.0]
    now[0] = 6.0
    served |= public_keys_of(new=private_key)
    cache.get("new")
    assert fetched == [0.0, 6.0]
    del served["old"]
    now[0] = 6.0 + 601
    with pytest.raises(UnknownKey):
        cache.get("old")
    assert len(fetched) == 3


def test_keys_that_are_not_for_signing_are_not_read(private_key: rsa.RSAPrivateKey) -> None:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    entries = [
        {**jwk, "kid": "good", "use": "sig"},
        {**jwk, "kid": "encryption", "use": "enc"},
        {"kty": "oct", "k": "AAAA", "kid": "symmetric"},
        jwk,
    ]
    assert set(read_key_set({"keys": entries})) == {"good"}
    for broken in ({}, {"keys": None}, {"keys": ["x"]}, {"keys": [{"kty": "RSA", "kid": "x", "n": "!", "e": "AQAB"}]}):
        with pytest.raises(KeysUnavailable):
            read_key_set(broken)


def test_cognitos_tokens_are_not_ours(issuer: Issuer, signed_in: SignedIn) -> None:
    for token in (signed_in.access_token, signed_in.id_token):
        refuse(token.get_secret_value())
