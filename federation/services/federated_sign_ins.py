"""Sign-ins by a connection: begun, taken up once when the browser comes back, and closed with what came of them."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from federation.models import AuthorizationRequest, AuthWay, Connection, FederatedSignIn, SignInOutcome
from federation.services.auth_events import record_failure
from federation.tokens import hash_token, new_token
from identity.models import DirectoryUser
from tenants.actor import Actor

# Cognito itself waits five minutes for an identity provider (developer guide, "Things to know about SAML IdPs"), and
# its code is good for five more.
LIFETIME = timedelta(minutes=10)
LONGEST_DETAIL = 2000


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that just began, with what only goes along in the browser or to Cognito."""

    sign_in: FederatedSignIn
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def start_sign_in(connection: Connection, request: AuthorizationRequest) -> Started:
    """Begin a sign-in for an application's request."""
    state, verifier = new_token(), secrets.token_urlsafe(48)
    sign_in = FederatedSignIn(
        tenant=connection.tenant,
        connection=connection,
        version=connection.current.number,
        request=request,
        state_hash=hash_token(state),
        nonce=secrets.token_urlsafe(32),
        expires_at=timezone.now() + LIFETIME,
    )
    sign_in.seal_verifier(verifier)
    sign_in.save(force_insert=True)
    return Started(sign_in, state, verifier)


def find_sign_in(state: str) -> FederatedSignIn | None:
    """Return the sign-in that waits for an answer with this state; None for an unknown, answered or old one alike."""
    if not state or "\0" in state:
        return None
    rows = FederatedSignIn.objects.select_related("connection__newest", "tenant", "request")
    found = rows.filter(state_hash=hash_token(state)).first()
    return found if found is not None and found.is_open else None


def take_sign_in(sign_in: FederatedSignIn) -> bool:
    """Claim the answer: one UPDATE decides between several who bring it. False where somebody was faster."""
    rows = FederatedSignIn.objects.filter(
        pk=sign_in.pk, finished_at__isnull=True, outcome=SignInOutcome.STARTED, expires_at__gt=timezone.now()
    )
    return bool(rows.update(finished_at=timezone.now(), verifier_encrypted=b""))


def close_succeeded(sign_in: FederatedSignIn, user: DirectoryUser) -> None:
    """Keep that the person came in."""
    FederatedSignIn.objects.filter(pk=sign_in.pk).update(outcome=SignInOutcome.SUCCEEDED, user=user)


@transaction.atomic
def close_failed(
    sign_in: FederatedSignIn,
    *,
    code: str,
    detail: str,
    user: DirectoryUser | None = None,
    refused: bool,
    visitor: Actor,
) -> None:
    """Keep why the person did not come in, in the connection's log, and that they tried, in the log of sign-ins.

    Args:
        sign_in: which.
        code: the cause, of `federation.connections.failures`.
        detail: what was said of it, word by word; for administrators.
        user: who is concerned, where that is known.
        refused: whether it was we who refused somebody who is vouched for.
        visitor: the request's actor.
    """
    outcome, detail = SignInOutcome.REFUSED if refused else SignInOutcome.FAILED, printable(detail)
    FederatedSignIn.objects.filter(pk=sign_in.pk).update(outcome=outcome, code=code, detail=detail, user=user)
    request = sign_in.request
    record_failure(
        sign_in.tenant,
        AuthWay.CONNECTION,
        visitor=visitor,
        reason=code,
        user=user,
        application=request.application if request is not None else None,
        federated=sign_in,
    )


def close_abandoned() -> int:
    """Say of those who never came back that they did not; returns how many."""
    late = FederatedSignIn.objects.filter(outcome=SignInOutcome.STARTED, expires_at__lte=timezone.now())
    return late.update(outcome=SignInOutcome.ABANDONED, verifier_encrypted=b"")


def printable(text: str) -> str:
    """Return what somebody else wrote, fit for a log: bounded, and without control characters."""
    cleaned = "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
    return cleaned[:LONGEST_DETAIL]
