"""Who is behind a request to the dashboard: resolved once, from rows that are read now and not from the session."""

from collections.abc import Callable
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponseBase

from identity.actors import member_actor
from identity.models import DirectoryUser, UserStatus
from tenants.actor import ANONYMOUS, Actor, ActorKind
from tenants.http import Request, client_ip
from tenants.models import Account, TenantStatus
from tenants.permissions import OPERATOR_PERMISSIONS, OperatorRole

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def actor_middleware(get_response: GetResponse) -> GetResponse:
    """Set `request.actor` from the database at each request, so that a disabled user is out at once."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        actor = cast(Request, request).actor = resolve_actor(request)
        structlog.contextvars.bind_contextvars(actor=str(actor.kind))
        return get_response(request)

    return middleware


def resolve_actor(request: HttpRequest) -> Actor:
    """Return the actor of a request; anonymous where nobody, or nobody who still may, is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ANONYMOUS
    account = cast(Account, user)
    return operator_actor(request, account) if account.is_operator else _member(request, account)


def operator_actor(request: HttpRequest, account: Account) -> Actor:
    """Return the actor for an operator's account, also in the request that signs it in."""
    return Actor(
        kind=ActorKind.OPERATOR,
        id=str(account.pk),
        label=str(account),
        role=account.operator_role,
        permissions=OPERATOR_PERMISSIONS[OperatorRole(account.operator_role)],
        request_id=getattr(request, "request_id", ""),
        ip=client_ip(request),
    )


def _member(request: HttpRequest, account: Account) -> Actor:
    if account.subject is None or account.tenant_id is None:
        return ANONYMOUS
    user = DirectoryUser.objects.filter(
        pk=account.subject,
        tenant_id=account.tenant_id,
        tenant__status=TenantStatus.ACTIVE,
        status=UserStatus.ACTIVE,
    ).first()
    if user is None or not user.role:
        return ANONYMOUS
    return member_actor(request, user)
