"""Access tokens that were verified before: as right as the first time, and no longer than they would be otherwise."""

import time
import uuid
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from federation.services.signing_keys import public_keys
from identity import tokens
from identity.jwt_checks import LEEWAY_SECONDS, TokenInvalid
from identity.token_keys import PublicKey
from identity.tokens import verify_access_token
from tests.support.keys import public_keys_of

AUDIENCE = "https://api.example"


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def published(private_key: rsa.RSAPrivateKey) -> Iterator[dict[str, PublicKey]]:
    """What our issuer publishes, to be changed."""
    keys = public_keys_of(k1=private_key)
    tokens.use_own_keys(lambda: dict(keys))
    yield keys
    tokens.use_own_keys(public_keys)


def signed(private_key: rsa.RSAPrivateKey, *, kid: str = "k1", issuer: str | None = None) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer or settings.SIGNIN_URL,
        "sub": str(uuid.uuid4()),
        "aud": AUDIENCE,
        "client_id": "app_1",
        "org_id": str(uuid.uuid4()),
        "jti": "j",
        "iat": now,
        "exp": now + 600,
    }
    return jwt.encode(claims, private_key, "RS256", headers={"kid": kid, "typ": "at+jwt"})


def test_it_says_the_same_again(private_key: rsa.RSAPrivateKey, published: dict[str, PublicKey]) -> None:
    """And for that audience alone."""
    token = signed(private_key)
    first = verify_access_token(token, audience=AUDIENCE)
    assert verify_access_token(token, audience=AUDIENCE) is first
    with pytest.raises(TokenInvalid):
        verify_access_token(token, audience="https://another.example")


def test_a_key_that_was_taken_back(private_key: rsa.RSAPrivateKey, published: dict[str, PublicKey]) -> None:
    token = signed(private_key)
    verify_access_token(token, audience=AUDIENCE)
    published.clear()
    # A key that nobody knows has the keys fetched anew.
    with pytest.raises(TokenInvalid, match="unknown key"):
        verify_access_token(signed(private_key, kid="k2"), audience=AUDIENCE)
    with pytest.raises(TokenInvalid, match="unknown key"):
        verify_access_token(token, audience=AUDIENCE)


def test_what_was_refused_is_refused_again(private_key: rsa.RSAPrivateKey, published: dict[str, PublicKey]) -> None:
    token = signed(private_key, issuer="https://attacker.example")
    for _time in range(2):
        with pytest.raises(TokenInvalid, match="issuer"):
            verify_access_token(token, audience=AUDIENCE)


def test_not_one_letter_may_differ(private_key: rsa.RSAPrivateKey, published: dict[str, PublicKey]) -> None:
    token = signed(private_key)
    verify_access_token(token, audience=AUDIENCE)
    for changed in (token[:-1], token + "A", token + "=", token + " ", token.swapcase()):
        with pytest.raises(TokenInvalid):
            verify_access_token(changed, audience=AUDIENCE)


def test_it_is_verified_anew_when_its_time_is_over(
    private_key: rsa.RSAPrivateKey, published: dict[str, PublicKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(private_key)
    first = verify_access_token(token, audience=AUDIENCE)
    later = time.time() + 600 + LEEWAY_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    # PyJWT looks at a clock of its own, and finds it in time.
    assert verify_access_token(token, audience=AUDIENCE) is not first
