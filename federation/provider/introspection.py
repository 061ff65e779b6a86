"""Token introspection (RFC 7662): whether a token of a client's own, or for it, is still good, and what it says."""

from typing import Any

import jwt
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from django.conf import settings

from federation.models import RefreshToken
from federation.provider.client import CLIENT_AUTH_METHODS, Client
from federation.provider.presented import Presented, explained_token
from federation.provider.requests import ProviderRequest
from federation.services.token_families import is_entitled

_INACTIVE = {"active": False}


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """Says what a token is worth at this moment, revocation and disabled users included.

    Whatever is wrong with a token, the answer is the same (section 2.2), and asking is no activity: somebody who left
    is not kept signed in by an API that looks at their token each minute.
    """

    CLIENT_AUTH_METHODS = list(CLIENT_AUTH_METHODS)

    def authenticate_token(self, request: ProviderRequest, client: Client) -> Presented | None:
        """Return the token, if it is this client's, or for it."""
        return explained_token(request, client)

    def create_introspection_payload(self, token: Presented | None) -> dict[str, Any]:
        """Return the answer."""
        if token is None or not is_entitled(token.family):
            return _INACTIVE
        return _of_access_token(token.text) if token.refresh is None else _of_refresh_token(token.refresh)


def _of_access_token(text: str) -> dict[str, Any]:
    # It was verified when it was looked up.
    claims = jwt.decode(text, options={"verify_signature": False})
    return {"active": True, "token_type": "Bearer", **claims}


def _of_refresh_token(token: RefreshToken) -> dict[str, Any]:
    if token.used_at is not None:
        return _INACTIVE
    family = token.family
    return {
        "active": True,
        "client_id": family.application.client_id,
        "iss": settings.SIGNIN_URL,
        "sub": str(family.user_id),
        "iat": int(token.created_at.timestamp()),
        "scope": family.scope,
        "org_id": str(family.tenant_id),
    }
