"""Who calls the API: a tenant's user, by an access token that Lifeguard issued to its own dashboard application."""

from typing import cast

import structlog
from django.conf import settings
from django.utils.functional import SimpleLazyObject
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from identity.actors import member_actor
from identity.jwt_checks import TokenInvalid
from identity.tokens import AccessTokenClaims, Holder, require_holder, verify_access_token
from tenants.http import Request as HttpRequestWithActor
from tenants.models import Account, Tenant


class AccessTokenAuthentication(BaseAuthentication):
    """Takes `Authorization: Bearer <access token>` (RFC 6750) and sets `request.actor`.

    The token says who it is about; what they may do is read from the directory at each request, so that somebody who
    was disabled, or lost their role, is out at once and not when the token expires.
    """

    def authenticate(self, request: Request) -> tuple[Account, AccessTokenClaims] | None:
        """Return the member's account and the token's claims; None where no token was sent.

        Raises:
            AuthenticationFailed: the token, or its user, is not accepted; why is not told apart.
        """
        token = _token_of(request)
        if token is None:
            return None
        try:
            claims = verify_access_token(token, audience=f"{settings.DASHBOARD_URL}/api")
            holder = require_holder(claims)
        except TokenInvalid as error:
            raise AuthenticationFailed("The access token is not accepted.") from error
        if not _may_use_dashboard(claims, holder):
            raise AuthenticationFailed("The access token is not accepted.")
        http = cast(HttpRequestWithActor, request._request)  # noqa: SLF001  # Where views and middleware look for it.
        http.actor = member_actor(http, holder)
        structlog.contextvars.bind_contextvars(actor=str(http.actor.kind), tenant=holder.tenant_key)
        return _account_of(holder), claims

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that makes a refusal 401 (RFC 6750 section 3); with no error where no token was sent."""
        realm = f'Bearer realm="{settings.DASHBOARD_URL}/api"'
        return f'{realm}, error="invalid_token"' if _token_of(request) is not None else realm


def _token_of(request: Request) -> str | None:
    """Return what was sent as an access token (RFC 6750 section 2.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _may_use_dashboard(claims: AccessTokenClaims, holder: Holder) -> bool:
    """Say whether a token was made for the dashboard, and its user may use that now."""
    made_for_it = holder.for_dashboard and holder.client_id == claims.client_id
    return made_for_it and bool(holder.role)


def _account_of(holder: Holder) -> Account:
    """Return the member's account, which is read once somebody asks for it: most views know the actor alone."""
    found = SimpleLazyObject(
        lambda: Account.objects.for_member(tenant=Tenant.objects.get(pk=holder.tenant_id), subject=holder.pk)
    )
    return cast(Account, found)
