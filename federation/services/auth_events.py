"""Keeping what somebody tried to get in, and what came of it (`AuthEvent`)."""

from collections.abc import Sequence

from federation.levels import AMR_EMAIL, AMR_FEDERATED, AMR_PASSKEY, AMR_PASSWORD, AMR_SMS
from federation.models import AuthEvent, AuthOutcome, AuthWay, Connection, FederatedSignIn
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.http import network_of
from tenants.models import Application, Tenant

_LONGEST_DETAIL, _LONGEST_AGENT = 300, 200
_WAYS = {
    AMR_PASSWORD: AuthWay.PASSWORD,
    AMR_EMAIL: AuthWay.EMAIL_CODE,
    AMR_SMS: AuthWay.SMS_CODE,
    AMR_PASSKEY: AuthWay.PASSKEY,
    AMR_FEDERATED: AuthWay.CONNECTION,
}


def way_of(amr: Sequence[str]) -> AuthWay:
    """Return the way in that authentication methods begin with, in their order."""
    return next((_WAYS[method] for method in amr if method in _WAYS), AuthWay.PASSWORD)


def record_success(
    user: DirectoryUser,
    way: AuthWay,
    *,
    visitor: Actor,
    application: Application | None,
    amr: Sequence[str] = (),
    connection: Connection | None = None,
    known_device: bool = False,
) -> AuthEvent:
    """Keep that somebody came in.

    Args:
        user: who.
        way: by what.
        visitor: the request's actor.
        application: for which.
        amr: the authentication methods (RFC 8176).
        connection: by which they came.
        known_device: whether they had signed in with this browser before.
    """
    return AuthEvent.objects.create(
        tenant_id=user.tenant_id,
        outcome=AuthOutcome.SUCCEEDED,
        way=way,
        user=user,
        application=application,
        connection=connection,
        amr=list(amr),
        known_device=known_device,
        **_where(visitor),
    )


def record_failure(
    tenant: Tenant,
    way: AuthWay,
    *,
    visitor: Actor,
    reason: str,
    detail: str = "",
    outcome: AuthOutcome = AuthOutcome.FAILED,
    user: DirectoryUser | None = None,
    application: Application | None = None,
    federated: FederatedSignIn | None = None,
    known_device: bool = False,
) -> AuthEvent:
    """Keep that somebody did not come in. What was typed is not kept: it may be a password.

    Args:
        tenant: whose sign-in it was.
        way: by what it was tried.
        visitor: the request's actor.
        reason: a code of `federation.auth_reasons`.
        detail: for people who look into it.
        outcome: whether it was tried at all.
        user: who is concerned, where that is known.
        application: for which.
        federated: the line in a connection's log that has what was said.
        known_device: whether the user had signed in with this browser before.
    """
    return AuthEvent.objects.create(
        tenant=tenant,
        outcome=outcome,
        way=way,
        reason=reason,
        detail=detail[:_LONGEST_DETAIL],
        user=user,
        application=application,
        connection_id=federated.connection_id if federated is not None else None,
        federated=federated,
        known_device=known_device,
        **_where(visitor),
    )


def _where(visitor: Actor) -> dict[str, str | None]:
    return {
        "ip": visitor.ip,
        "network": network_of(visitor.ip) if visitor.ip else "",
        "user_agent": visitor.user_agent[:_LONGEST_AGENT],
        "request_id": visitor.request_id,
    }
