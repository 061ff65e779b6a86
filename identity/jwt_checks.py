"""What every token is checked for, whoever issued it.

The algorithm is fixed (RS256) and the key is looked up by `kid` in the issuer's own key set alone: nothing that a
token says about its algorithm or key (`jwk`, `jku`, `x5u`, `none`, an HMAC over the public key) is ever followed. RFC
8725 says why.
"""

import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jwt
from jwt.utils import base64url_decode

from identity.token_keys import KeyCache, PublicKey, UnknownKey

ALGORITHM = "RS256"
_ALGORITHMS = (ALGORITHM,)
LEEWAY_SECONDS = 30
# Characters; those of Lifeguard and of Cognito have some hundred.
_LONGEST_HEADER = 2_000


class TokenInvalid(Exception):
    """A token that is not accepted. `reason` is for logs and for the client's developer; it holds nothing secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def header_of(token: str) -> Mapping[str, Any]:
    """Read the header alone, which says which key to look up; PyJWT's own function decodes all of the token for it.

    Nothing else of it is believed before the signature was checked, and the signature covers it (RFC 7515 section 5.2).

    Raises:
        TokenInvalid: there is none.
    """
    segment = token.partition(".")[0]
    if len(segment) > _LONGEST_HEADER:
        raise TokenInvalid("not a JWT")
    return _read_header(segment)


# An issuer's tokens begin alike while it signs with the same key.
@lru_cache(maxsize=256)
def _read_header(segment: str) -> Mapping[str, Any]:
    try:
        header = json.loads(base64url_decode(segment))
    except (ValueError, binascii.Error, RecursionError, jwt.PyJWTError) as error:
        raise TokenInvalid("not a JWT") from error
    if not isinstance(header, dict):
        raise TokenInvalid("not a JWT")
    return MappingProxyType(header)


def key_of(keys: KeyCache, kid: object) -> PublicKey:
    """Return the key that a header names.

    Raises:
        TokenInvalid: it names none, or one that its issuer does not have.
    """
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("names no key")
    try:
        return keys.get(kid)
    except UnknownKey as error:
        raise TokenInvalid("signed with an unknown key") from error


def decode(
    token: str,
    key: PublicKey,
    *,
    issuer: str,
    audience: str | None,
    required: tuple[str, ...],
    verify_exp: bool = True,
) -> dict[str, Any]:
    """Return the claims of a token whose signature, issuer, audience and time are right.

    Args:
        token: the compact JWT.
        key: the issuer's.
        issuer: who must have issued it.
        audience: whom it must be for; None where that is not looked at.
        required: claims that must be there, beside `iss`.
        verify_exp: whether its time must not be over.

    Raises:
        TokenInvalid: something is not.
    """
    decoder = _decoder(required, audience is not None, verify_exp)
    try:
        # `decode` is this and one call more.
        found = decoder.decode_complete(
            token, key, _ALGORITHMS, audience=audience, issuer=issuer, leeway=LEEWAY_SECONDS
        )
    except jwt.PyJWTError as error:
        raise TokenInvalid(str(error) or type(error).__name__) from error
    claims: dict[str, Any] = found["payload"]
    return claims


# Options that are passed with each token are merged with PyJWT's own for each.
@lru_cache
def _decoder(required: tuple[str, ...], verify_aud: bool, verify_exp: bool) -> jwt.PyJWT:
    return jwt.PyJWT({"require": ["iss", *required], "verify_aud": verify_aud, "verify_exp": verify_exp})


def uuid_of(claims: Mapping[str, Any], name: str) -> UUID:
    """Return a claim that must be a UUID.

    Raises:
        TokenInvalid: it is none.
    """
    try:
        return UUID(str(claims[name]))
    except ValueError as error:
        raise TokenInvalid(f"unusable {name}") from error
