"""Minting Lifeguard's tokens. The claims are pure functions of who signed in, how, and for which application."""

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

from federation.models import TokenFamily
from federation.provider.roles import roles_in_tokens
from federation.services.signing_keys import active_key
from identity.jwt_checks import ALGORITHM
from identity.selectors.groups import groups_of_user
from identity.tokens import AccessTokenClaims
from tenants.models.application import ACCESS_TOKEN_MINUTES

ID_TOKEN_SECONDS = 10 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who signed in, how and for whom: everything that claims are made of."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    tenant_id: str
    tenant_slug: str
    client_id: str
    audiences: tuple[str, ...]
    scope: frozenset[str]
    nonce: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    session_id: str
    family_id: str
    access_token_minutes: int = ACCESS_TOKEN_MINUTES

    @property
    def access_token_seconds(self) -> int:
        """How long an access token lives, as `expires_in` says it (RFC 6749 section 5.1)."""
        return self.access_token_minutes * 60


def subject_of(family: TokenFamily, scope: str, audiences: tuple[str, ...] = ()) -> Subject:
    """Read what claims are made of, as it is now: a changed name or role is in the next token.

    Args:
        family: who, and for which application.
        scope: what the claims may say.
        audiences: whom an access token is for; none where no token is made.
    """
    user, session, application = family.user, family.session, family.application
    return Subject(
        issuer=settings.SIGNIN_URL,
        subject=str(user.pk),
        email=user.email,
        email_verified=user.email_verified,
        name=user.name,
        roles=roles_in_tokens(user, application),
        groups=tuple(groups_of_user(user).values_list("name", flat=True)) if "groups" in scope.split() else (),
        tenant_id=str(family.tenant_id),
        tenant_slug=family.tenant.slug,
        client_id=application.client_id,
        audiences=audiences,
        scope=frozenset(scope.split()),
        nonce=family.nonce,
        auth_time=int(session.auth_time.timestamp()),
        acr=session.acr,
        amr=tuple(session.amr),
        session_id=str(session.pk),
        family_id=family.pk.hex,
        access_token_minutes=application.access_token_minutes,
    )


def person_claims(subject: Subject) -> dict[str, Any]:
    """Claims about the person that the granted scope allows (OpenID Connect Core section 5.4), and the tenant's."""
    claims: dict[str, Any] = {
        "sub": subject.subject,
        "org_id": subject.tenant_id,
        "org_slug": subject.tenant_slug,
        "roles": list(subject.roles),
    }
    if "email" in subject.scope:
        # Of whoever was created in Cognito past us, nobody may have verified the address; some have none.
        claims |= {"email": subject.email, "email_verified": subject.email_verified} if subject.email else {}
    if "groups" in subject.scope:
        claims["groups"] = list(subject.groups)
    if "profile" in subject.scope and subject.name:
        claims["name"] = subject.name
    return claims


def id_token_claims(subject: Subject, *, access_token: str, now: int) -> dict[str, Any]:
    """Claims of an ID token (OpenID Connect Core section 2).

    Args:
        subject: who, how and for whom.
        access_token: issued beside it; `at_hash` binds the two.
        now: seconds since 1970.
    """
    claims = person_claims(subject) | {
        "iss": subject.issuer,
        "aud": subject.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "auth_time": subject.auth_time,
        "acr": subject.acr,
        "amr": list(subject.amr),
        "sid": subject.session_id,
        "at_hash": half_hash(access_token),
    }
    if subject.nonce:
        claims["nonce"] = subject.nonce
    return claims


def access_token_claims(subject: Subject, *, now: int, token_id: str) -> dict[str, Any]:
    """Claims of an access token (RFC 9068 section 2.2)."""
    return {
        "iss": subject.issuer,
        "sub": subject.subject,
        # One by itself is no list (RFC 7519 section 4.1.3), which is what most verifiers are written for.
        "aud": subject.audiences[0] if len(subject.audiences) == 1 else list(subject.audiences),
        "client_id": subject.client_id,
        "iat": now,
        "exp": now + subject.access_token_seconds,
        "jti": token_id,
        "auth_time": subject.auth_time,
        "acr": subject.acr,
        "amr": list(subject.amr),
        "scope": " ".join(sorted(subject.scope)),
        "org_id": subject.tenant_id,
        "roles": list(subject.roles),
    }


def half_hash(token: str) -> str:
    """Return the left half of the token's SHA-256 in base64url: `at_hash` for RS256 (OpenID Connect Core 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode("ascii")).digest()[:16]).rstrip(b"=").decode()


def mint_access_token(subject: Subject) -> str:
    """Sign an access token. Its `jti` begins with the family's id, by which a revoked family is recognised here."""
    token_id = f"{subject.family_id}.{uuid.uuid4().hex}"
    return sign(access_token_claims(subject, now=int(time.time()), token_id=token_id), media_type="at+jwt")


def mint_id_token(subject: Subject, access_token: str) -> str:
    """Sign an ID token."""
    return sign(id_token_claims(subject, access_token=access_token, now=int(time.time())), media_type="JWT")


def family_of(claims: AccessTokenClaims) -> TokenFamily | None:
    """Return the family that an access token's `jti` names, if it is that of the token's own user."""
    try:
        family_id = uuid.UUID(hex=claims.token_id.partition(".")[0])
    except ValueError:
        return None
    return (
        TokenFamily.objects.select_related("user", "tenant", "application", "session")
        .filter(pk=family_id, tenant_id=claims.tenant_id, user_id=claims.subject)
        .first()
    )


def sign(claims: dict[str, Any], *, media_type: str) -> str:
    """Return a signed token; `typ` in its header is the media type."""
    kid, key = active_key()
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid, "typ": media_type})
