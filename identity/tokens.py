"""Verifying Lifeguard's own tokens."""

import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from identity.jwt_checks import LEEWAY_SECONDS, TokenInvalid, decode, header_of, key_of, uuid_of
from identity.token_keys import KeyCache, KeyFetcher
from tenants.memory import Memory
from tenants.models import Tenant

# RFC 9068 section 4: both spellings of the type are the same.
_ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_REQUIRED = ("sub", "aud", "client_id", "org_id", "jti", "exp", "iat")
# As we write them: it is a tenth of the work of making them.
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_are_uuids = re.compile(f"{_UUID} {_UUID}").fullmatch


class AccessTokenClaims:
    """What a verified access token of Lifeguard's says (RFC 9068).

    Thousands are remembered and few are asked for everything: values are made of the claims when somebody wants them.

    Args:
        said: the claims.
        key_id: the `kid` it is signed with, which may be taken back before the token's time is over.
    """

    __slots__ = ("_said", "key_id")

    def __init__(self, said: Mapping[str, Any], key_id: str) -> None:
        self._said, self.key_id = said, key_id

    @property
    def subject(self) -> UUID:
        """The `DirectoryUser.id`."""
        return UUID(self._said["sub"])

    @property
    def tenant_id(self) -> UUID:
        """The `Tenant.id`."""
        return UUID(self._said["org_id"])

    @property
    def client_id(self) -> str:
        """The application's that has the token."""
        return str(self._said["client_id"])

    @property
    def token_id(self) -> str:
        """The claim `jti`."""
        return str(self._said["jti"])

    @property
    def scope(self) -> frozenset[str]:
        """What the token is good for."""
        return frozenset(self._said.get("scope", "").split())

    @property
    def roles(self) -> tuple[str, ...]:
        """What the user is to the application."""
        return tuple(self._said.get("roles", ()))

    @property
    def expires_at(self) -> datetime:
        """When its time is over."""
        return datetime.fromtimestamp(self._said["exp"], UTC)

    @property
    def is_over(self) -> bool:
        """Whether its time is over, for whoever is as patient as verification is."""
        return bool(self._said["exp"] + LEEWAY_SECONDS <= time.time())


@dataclass(frozen=True, slots=True)
class IdTokenClaims:
    """What a verified ID token of Lifeguard's says (OpenID Connect Core section 2). `session_id` is the claim `sid`."""

    subject: UUID
    tenant_id: UUID
    client_id: str
    session_id: UUID
    nonce: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an access token is, as things are now.

    Args:
        pk: the user's.
        email: theirs.
        role: theirs in the dashboard; empty for none.
        tenant_id: their tenant's.
        tenant_key: likewise.
        client_id: of the application that has the token.
        for_dashboard: whether that is Lifeguard's own dashboard.
    """

    pk: UUID
    email: str
    role: str
    tenant_id: UUID
    tenant_key: str
    client_id: str
    for_dashboard: bool


_own_keys: KeyCache | None = None
# The tokens that were used last, by SHA-256 and the audience that they were verified for: that they are genuine, and
# what they say. Whether time, key and session still allow it is asked each time. Of each some 2 kB: what a process has
# to do with until tokens of the default ten minutes expire.
_verified: Memory[tuple[bytes, str | None], AccessTokenClaims] = Memory(most=10_000, seconds=math.inf)
_find_holder: Callable[[AccessTokenClaims], Holder | None] | None = None


def use_own_standing(find_holder: Callable[[AccessTokenClaims], Holder | None]) -> None:
    """Say who knows whose an access token is while its session goes on. `federation` calls this at start-up."""
    global _find_holder  # noqa: PLW0603  # As below.
    _find_holder = find_holder


def require_holder(claims: AccessTokenClaims) -> Holder:
    """Return whose a token is; refuse one whose session or family ended before its time was over. For our own APIs.

    Raises:
        TokenInvalid: it was signed out, revoked, or its user is out.
    """
    if _find_holder is None:
        raise RuntimeError("identity.tokens.use_own_standing was not called; federation does so when Django starts.")
    holder = _find_holder(claims)
    if holder is None:
        raise TokenInvalid("its session has ended")
    return holder


def use_own_keys(fetch: KeyFetcher) -> None:
    """Say where Lifeguard's own public keys come from. `federation`, which may not be imported here, does at start."""
    global _own_keys  # noqa: PLW0603  # Registered once, when Django starts; there is nothing to pass it through.
    _verified.forget_all()
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
    # Not the token itself, so that memory holds none to steal.
    name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest(), audience
    seen = _verified.find(name)
    if seen is not None and not seen.is_over:
        key_of(_keys(), seen.key_id)
        return seen
    header = header_of(token)
    if str(header.get("typ", "")).lower() not in _ACCESS_TOKEN_TYPES:
        raise TokenInvalid("not an access token")
    said = _decode_own(token, header, audience=audience, required=_REQUIRED)
    if not _are_uuids(f"{said['sub']} {said['org_id']}"):
        raise TokenInvalid("unusable sub or org_id")
    # PyJWT takes an `exp` of digits in quotes, too.
    if not (isinstance(said["exp"], int | float) and isinstance(said.get("scope", ""), str)):
        raise TokenInvalid("unusable exp or scope")
    claims = AccessTokenClaims(said, header["kid"])
    _verified.keep(name, claims)
    return claims


def verify_id_token(token: str, *, client_id: str | None, accept_expired: bool = False) -> IdTokenClaims:
    """Verify an ID token that Lifeguard issued. The caller compares `nonce` with its own.

    Args:
        token: the compact JWT.
        client_id: whom it must be for; None accepts every application's, as the hint of a logout request.
        accept_expired: whether one whose time is over will do (RP-Initiated Logout 1.0 section 2 asks for that).

    Raises:
        TokenInvalid: it is not one of ours, not an ID token, for somebody else, or no longer valid.
    """
    header = header_of(token)
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenInvalid("not an ID token")
    required = ("sub", "aud", "org_id", "sid", "exp", "iat")
    claims = _decode_own(token, header, audience=client_id, required=required, verify_exp=not accept_expired)
    if not isinstance(claims["aud"], str):
        raise TokenInvalid("for several audiences")
    return IdTokenClaims(
        subject=uuid_of(claims, "sub"),
        tenant_id=uuid_of(claims, "org_id"),
        client_id=claims["aud"],
        session_id=uuid_of(claims, "sid"),
        nonce=str(claims.get("nonce", "")),
    )


def _keys() -> KeyCache:
    if _own_keys is None:
        raise RuntimeError("identity.tokens.use_own_keys was not called; federation does so when Django starts.")
    return _own_keys


def _decode_own(
    token: str, header: Mapping[str, Any], *, audience: str | None, required: tuple[str, ...], verify_exp: bool = True
) -> dict[str, Any]:
    key = key_of(_keys(), header.get("kid"))
    return decode(token, key, issuer=settings.SIGNIN_URL, audience=audience, required=required, verify_exp=verify_exp)
