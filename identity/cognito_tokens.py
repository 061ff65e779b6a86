"""Verifying the tokens of Cognito's user pools."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from identity.jwt_checks import TokenInvalid, decode, header_of, key_of
from identity.token_keys import KeyCache, cognito_key_fetcher
from tenants.models import UserPool


class CognitoUse(StrEnum):
    """What one of Cognito's tokens is for: its claim `token_use`."""

    ACCESS = "access"
    ID = "id"


@dataclass(frozen=True, slots=True)
class CognitoClaims:
    """What a verified token of Cognito's says about who signed in, and through which app client.

    `attributes` are all its claims: of an ID token, also the user's attributes, `nonce` and `identities`.
    """

    subject: str
    username: str
    client_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)


def verify_cognito_token(token: str, *, pool: UserPool, use: CognitoUse, client_id: str) -> CognitoClaims:
    """Verify a token that a user pool issued.

    An access token names the app client in `client_id`, an ID token in `aud` (Cognito developer guide, "Verifying JSON
    web tokens"), and `token_use` says which of the two it is.

    Raises:
        TokenInvalid: wrong issuer, signature, use or client, or no longer valid.
        KeysUnavailable: the pool's key set cannot be fetched now.
    """
    key = key_of(_cognito_keys(cognito_jwks_url(pool)), header_of(token).get("kid"))
    claims = decode(
        token,
        key,
        issuer=cognito_issuer(pool),
        audience=client_id if use is CognitoUse.ID else None,
        required=("sub", "token_use", "exp", "iat"),
    )
    if claims["token_use"] != use.value:
        raise TokenInvalid(f"not an {use.value} token")
    named_client = claims.get("client_id") if use is CognitoUse.ACCESS else claims.get("aud")
    if named_client != client_id:
        raise TokenInvalid("for another app client")
    username = claims.get("username") if use is CognitoUse.ACCESS else claims.get("cognito:username")
    return CognitoClaims(
        subject=str(claims["sub"]), username=str(username or ""), client_id=client_id, attributes=claims
    )


def cognito_issuer(pool: UserPool) -> str:
    """Return the issuer of a pool's tokens: AWS's own address, also where another endpoint stands in for AWS."""
    suffix = "amazonaws.com.cn" if pool.cell.region.startswith("cn-") else "amazonaws.com"
    return f"https://cognito-idp.{pool.cell.region}.{suffix}/{pool.cognito_id}"


def cognito_jwks_url(pool: UserPool) -> str:
    """Return where a pool's key set is: below the issuer, or below the cell's own endpoint."""
    endpoint = pool.cell.endpoint_url.rstrip("/")
    base = f"{endpoint}/{pool.cognito_id}" if endpoint else cognito_issuer(pool)
    return f"{base}/.well-known/jwks.json"


@cache
def _cognito_keys(url: str) -> KeyCache:
    return KeyCache(cognito_key_fetcher(url))
