"""`private_key_jwt`: an application proves who it is by a JWT that it signs (RFC 7523; OpenID Connect Core section 9).

Authlib's own class leaves algorithms, the time an assertion may live, and several audiences open. Here a key says what
it may sign with, an assertion lives for an hour at most and works once, and it is for nobody but us.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from authlib.oauth2.rfc6749.errors import InvalidClientError
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from federation.models import ClientAssertion
from federation.provider.client import Client
from federation.provider.requests import ProviderRequest
from federation.tokens import hash_token
from tenants.client_keys import ALGORITHMS
from tenants.models import Application

METHOD = "private_key_jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# As long as Authlib's client makes them; most make minutes.
LONGEST_LIFE = timedelta(hours=1)
_LEEWAY = timedelta(seconds=30)
_LONGEST_JTI, _LONGEST = 255, 4096
_REQUIRED = ["iss", "sub", "aud", "exp", "jti"]


def authenticate(query_client: Callable[[str], Client | None], request: ProviderRequest) -> Client | None:
    """Return the client that an assertion proves; None where the request has no assertion. For Authlib.

    Raises:
        InvalidClientError: it proves nobody; the same for every reason, which is the client's developer's to find.
    """
    assertion = request.form.get("client_assertion")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
        return None
    client = _claimed(query_client, request, assertion)
    claims = _verified(client.application, assertion) if client else None
    if client is None or claims is None or not _taken(client.application, claims):
        raise InvalidClientError(status_code=401, description="The client assertion is not valid.")
    return client


def _claimed(query_client: Callable[[str], Client | None], request: ProviderRequest, assertion: str) -> Client | None:
    """Return the client that an assertion names; nothing of it is verified yet."""
    if len(assertion) > _LONGEST:
        return None
    try:
        subject = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    except jwt.PyJWTError:
        return None
    named = request.form.get("client_id", subject)
    return query_client(subject) if isinstance(subject, str) and subject and named == subject else None


def _verified(application: Application, assertion: str) -> Mapping[str, Any] | None:
    try:
        kid = jwt.get_unverified_header(assertion).get("kid")
    except jwt.PyJWTError:
        return None
    for key in application.public_keys:
        if kid in (None, key.get("kid", kid)) and (claims := _signed_by(key, application.client_id, assertion)):
            return claims
    return None


def _signed_by(key: Mapping[str, str], client_id: str, assertion: str) -> Mapping[str, Any] | None:
    allowed = [key["alg"]] if "alg" in key else list(ALGORITHMS[key["kty"]])
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            jwt.PyJWK.from_dict(dict(key)).key,
            algorithms=allowed,
            issuer=client_id,
            subject=client_id,
            audience=audiences(),
            leeway=_LEEWAY,
            options={"require": _REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, OverflowError):
        return None
    # For us alone: one that another server takes as well could be brought here by it.
    return claims if isinstance(claims["aud"], str) or len(claims["aud"]) == 1 else None


def audiences() -> list[str]:
    """Return what an assertion may call us: by the issuer, the token endpoint, or that of pushed requests.

    RFC 9126 section 2 asks for all three.
    """
    endpoints = (reverse(name, urlconf="config.urls.signin") for name in ("oauth2-token", "oauth2-par"))
    return [settings.SIGNIN_URL, *(f"{settings.SIGNIN_URL}{path}" for path in endpoints)]


def _taken(application: Application, claims: Mapping[str, Any]) -> bool:
    """Use an assertion up; False where it was used before, or would have to be remembered for too long."""
    ends, jti = int(claims["exp"]), claims["jti"]
    if ends > (timezone.now() + LONGEST_LIFE + _LEEWAY).timestamp():
        return False
    # JSON can hold half a character, which has no bytes.
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI or not jti.isprintable():
        return False
    until = datetime.fromtimestamp(ends, UTC) + _LEEWAY
    try:
        with transaction.atomic():
            ClientAssertion.objects.create(application=application, jti_hash=hash_token(jti), expires_at=until)
    except IntegrityError:
        return False
    return True
