"""Verifying tokens: Lifeguard's own, and Cognito's.

The algorithm is fixed (RS256) and the key is looked up by `kid` in the issuer's own key set alone: nothing that a
token says about its algorithm or key (`jwk`, `jku`, `x5u`, `none`, an HMAC over the public key) is ever followed. RFC
8725 says why.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings

from identity.token_keys import KeyCache, KeyFetcher, PublicKey, UnknownKey, cognito_key_fetcher
from tenants.models import Tenant, UserPool

ALGORITHM = "RS256"
LEEWAY_SECONDS = 30
# RFC 9068 section 4: both spellings of the type are the same.
_ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})


class TokenInvalid(Exception):
    """A token that is not accepted. `reason` is for logs and for the client's developer; it holds nothing secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CognitoUse(StrEnum):
    """What one of Cognito's tokens is for: its claim `token_use`."""

    ACCESS = "access"
    ID = "id"


@dataclass(frozen=True, slots=True)
class AccessTokenClaims:
    """What a verified access token of Lifeguard's says (RFC 9068). `subject` is a `DirectoryUser.id`."""

    subject: UUID
    tenant_id: UUID
    client_id: str
    scope: frozenset[str]
    roles: tuple[str, ...]
    token_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IdTokenClaims:
    """What a verified ID token of Lifeguard's says (OpenID Connect Core section 2). `session_id` is the claim `sid`."""

    subject: UUID
    tenant_id: UUID
    client_id: str
    session_id: UUID
    nonce: str


@dataclass(frozen=True, slots=True)
class CognitoClaims:
    """What a verified token of Cognito's says about who signed in, and through which app client.

    `attributes` are all its claims: of an ID token, also the user's attributes, `nonce` and `identities`.
    """

    subject: str
    username: str
    client_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)


_own_keys: KeyCache | None = None


_still_stands: Callable[[AccessTokenClaims], bool] | None = None


def use_own_standing(still_stands: Callable[[AccessTokenClaims], bool]) -> None:
    """Say who knows whether an access token's session goes on. `federation` calls this at start-up."""
    global _still_stands  # noqa: PLW0603  # As below.
    _still_stands = still_stands


def require_standing(claims: AccessTokenClaims) -> None:
    """Refuse a token whose session or family ended before its time was over. For Lifeguard's own APIs.

    Raises:
        TokenInvalid: it was signed out, revoked, or its user is out.
    """
    if _still_stands is None:
        raise RuntimeError("identity.tokens.use_own_standing was not called; federation does so when Django starts.")
    if not _still_stands(claims):
        raise TokenInvalid("its session has ended")


def use_own_keys(fetch: KeyFetcher) -> None:
    """Say where Lifeguard's own public keys come from. `federation`, which may not be imported here, does at start."""
    global _own_keys  # noqa: PLW0603  # Registered once, when Django starts; there is nothing to pass it through.
    # One indexed query, so that an unknown key may cost one each time.
    _own_keys = KeyCache(fetch, min_refresh_seconds=0)


def verify_access_token(token: str, *, audience: str, tenant: Tenant | None = None) -> AccessTokenClaims:
    """Verify an access token that Lifeguard issued.

    Args:
        token: the compact JWT.
        audience: what the API calls itself; must be in `aud`.
        tenant: the only tenant whose tokens are good here; None accepts every tenant's.

    Raises:
        TokenInvalid: it is not one of ours, not an access token, not for this audience or tenant, or no longer valid.
    """
    verified = _verify_access_token(token, audience)
    if tenant is not None and verified.tenant_id != tenant.pk:
        raise TokenInvalid("for another tenant")
    return verified


def verify_own_access_token(token: str) -> AccessTokenClaims:
    """Verify an access token of any audience: for the issuer's own endpoints, such as userinfo, which take them all.

    Raises:
        TokenInvalid: as for `verify_access_token`.
    """
    return _verify_access_token(token, None)


def _verify_access_token(token: str, audience: str | None) -> AccessTokenClaims:
    header = _header(token)
    if str(header.get("typ", "")).lower() not in _ACCESS_TOKEN_TYPES:
        raise TokenInvalid("not an access token")
    required = ("sub", "aud", "client_id", "org_id", "jti", "exp", "iat")
    claims = _decode_own(token, header, audience=audience, required=required)
    return AccessTokenClaims(
        subject=_uuid(claims, "sub"),
        tenant_id=_uuid(claims, "org_id"),
        client_id=str(claims["client_id"]),
        scope=frozenset(str(claims.get("scope", "")).split()),
        roles=tuple(claims.get("roles", ())),
        token_id=str(claims["jti"]),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def verify_id_token(token: str, *, client_id: str | None, accept_expired: bool = False) -> IdTokenClaims:
    """Verify an ID token that Lifeguard issued. The caller compares `nonce` with its own.

    Args:
        token: the compact JWT.
        client_id: whom it must be for; None accepts every application's, as the hint of a logout request.
        accept_expired: whether one whose time is over will do (RP-Initiated Logout 1.0 section 2 asks for that).

    Raises:
        TokenInvalid: it is not one of ours, not an ID token, for somebody else, or no longer valid.
    """
    header = _header(token)
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenInvalid("not an ID token")
    required = ("sub", "aud", "org_id", "sid", "exp", "iat")
    claims = _decode_own(token, header, audience=client_id, required=required, verify_exp=not accept_expired)
    if not isinstance(claims["aud"], str):
        raise TokenInvalid("for several audiences")
    return IdTokenClaims(
        subject=_uuid(claims, "sub"),
        tenant_id=_uuid(claims, "org_id"),
        client_id=claims["aud"],
        session_id=_uuid(claims, "sid"),
        nonce=str(claims.get("nonce", "")),
    )


def verify_cognito_token(token: str, *, pool: UserPool, use: CognitoUse, client_id: str) -> CognitoClaims:
    """Verify a token that a user pool issued.

    An access token names the app client in `client_id`, an ID token in `aud` (Cognito developer guide, "Verifying JSON
    web tokens"), and `token_use` says which of the two it is.

    Raises:
        TokenInvalid: wrong issuer, signature, use or client, or no longer valid.
        KeysUnavailable: the pool's key set cannot be fetched now.
    """
    key = _key(_cognito_keys(cognito_jwks_url(pool)), _header(token))
    claims = _decode(
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


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenInvalid("not a JWT") from error


def _key(keys: KeyCache, header: dict[str, Any]) -> PublicKey:
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("names no key")
    try:
        return keys.get(kid)
    except UnknownKey as error:
        raise TokenInvalid("signed with an unknown key") from error


def _decode_own(
    token: str, header: dict[str, Any], *, audience: str | None, required: Collection[str], verify_exp: bool = True
) -> dict[str, Any]:
    if _own_keys is None:
        raise RuntimeError("identity.tokens.use_own_keys was not called; federation does so when Django starts.")
    key = _key(_own_keys, header)
    return _decode(token, key, issuer=settings.SIGNIN_URL, audience=audience, required=required, verify_exp=verify_exp)


def _decode(
    token: str,
    key: PublicKey,
    *,
    issuer: str,
    audience: str | None,
    required: Collection[str],
    verify_exp: bool = True,
) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", *required], "verify_aud": audience is not None, "verify_exp": verify_exp},
        )
    except jwt.PyJWTError as error:
        raise TokenInvalid(str(error) or type(error).__name__) from error


def _uuid(claims: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(str(claims[name]))
    except ValueError as error:
        raise TokenInvalid(f"unusable {name}") from error
