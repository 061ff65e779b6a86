"""The flow of a sign-in by a connection: out to Cognito, and what its answer leads to. No HTTP here but Cognito's."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from federation.connections import failures
from federation.connections.claims import claims_of
from federation.connections.trust import vouches
from federation.levels import AMR_FEDERATED, AMR_MULTI_FACTOR, AMR_REMEMBERED
from federation.models import Connection, FederatedSignIn, MfaTrust
from federation.selectors.arrivals import arrival_client, is_listed, offered_connection
from federation.services.arrivals import Arrival, ArrivalRefused, receive
from federation.services.federated_sign_ins import (
    close_failed,
    start_sign_in,
    take_sign_in,
)
from federation.signin.advancing import Outcome
from federation.signin.cognito import TenantMismatch, client_ref
from federation.signin.context import Context, NotReady
from federation.signin.own_factor import ask_for_own_factor, let_in_by_connection, needs_own_factor
from federation.signin.remembering import is_spared
from federation.signin.vouching import subject_at, verified
from federation.sync.wishes import callback_url
from identity import auth
from identity.cells import hosted_url, pool_ref
from identity.models import AppClient
from identity.token_keys import KeysUnavailable
from tenants.errors import DomainError
from tenants.pool_options import GROUPS_ATTRIBUTE, METHODS_ATTRIBUTE


class NotLetIn(DomainError):
    """The sign-in ends here; the message is for the person, the reason is in the tenant's log."""

    code = "not_let_in"
    status = 403


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to the callback: a code, or an error with its description (RFC 6749 section 4.1.2)."""

    code: str = ""
    error: str = ""
    description: str = ""


def leave(context: Context, connection: Connection, *, login_hint: str = "") -> str:
    """Begin a sign-in by a connection, and return the address to which the browser goes.

    Args:
        context: what it is about.
        connection: by which.
        login_hint: the address that the person typed; empty for what the application said.

    Raises:
        NotReady: Cognito does not have the connection yet.
    """
    client = _client(context)
    if not is_listed(connection):
        raise NotReady(_("This way to sign in is still being set up. Try again in a minute."))
    started = start_sign_in(connection, context.request)
    asked = auth.FederatedRequest(
        provider=connection.provider_name,
        redirect_uri=callback_url(),
        state=started.state,
        nonce=started.sign_in.nonce,
        verifier=started.verifier,
        login_hint=login_hint or str(context.request.parameters.get("login_hint", "")),
        prompt=_prompt(context),
    )
    return auth.federated_sign_in_url(client_ref(client), hosted_url(client.pool), asked)


def _prompt(context: Context) -> str:
    """What the application asks of the sign-in, handed on: a session at the provider is not to answer it silently.

    How old that session is nobody knows here, so that a limit to its age asks for a new one, too.
    """
    parameters = context.request.parameters
    asked = str(parameters.get("prompt", "")).split()
    if "select_account" in asked:
        return "select_account"
    return "login" if "login" in asked or "max_age" in parameters else ""


def come_back(context: Context, sign_in: FederatedSignIn, answer: Answer) -> Outcome:
    """Let in whom the identity provider vouches for, if everything says that they are this tenant's.

    Where the tenant's policy wants more than the connection's word, they are asked for a second factor of ours first.

    Raises:
        NotLetIn: they are not let in; the reason is in the log.
        auth.AuthUnavailable: Cognito cannot answer now; the sign-in begins again.
        AlreadyAnswered: another tab was faster.
    """
    verifier, came_at = sign_in.verifier, timezone.now()
    if not take_sign_in(sign_in):
        raise _ended(sign_in, "expired")
    try:
        if answer.error or not answer.code:
            code = failures.cause_of(answer.error, answer.description)
            raise _Failed(code, f"{answer.error}: {answer.description}" if answer.error else "no code came back")
        _in_use(context, sign_in)
        arrival = _redeem(context, sign_in, answer.code, verifier)
        # Cognito took its time, in which somebody may have chosen otherwise.
        user = receive(_in_use(context, sign_in), arrival, visitor=context.visitor)
    except _Failed as error:
        _close(context, sign_in, error.code, error.detail)
        raise _ended(sign_in, error.code) from error
    except ArrivalRefused as error:
        _close(context, sign_in, error.code, error.detail, refusal=error)
        raise _ended(sign_in, error.code) from error
    except (auth.AuthError, NotReady) as error:
        _close(context, sign_in, "not_accepted", f"Cognito: {error}")
        raise
    connection = sign_in.connection
    trusted = connection.mfa_trust == MfaTrust.CLAIM and vouches(arrival.claims.methods, connection.mfa_values)
    amr = [AMR_FEDERATED, *([AMR_MULTI_FACTOR] if trusted else [])]
    if needs_own_factor(context, connection, user, amr=amr):
        if not is_spared(context, user):
            return ask_for_own_factor(context, sign_in, user, amr=amr)
        amr = [*amr, AMR_REMEMBERED]
    return let_in_by_connection(context, sign_in, user, proved_at=came_at, amr=amr)


class _Failed(Exception):
    """No person came, or none that can be believed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def _in_use(context: Context, sign_in: FederatedSignIn) -> Connection:
    """Return the connection as it is now.

    Raises:
        _Failed: nobody comes by it any more.
    """
    connection = offered_connection(context.tenant, sign_in.connection_id)
    if connection is None:
        raise _Failed("not_accepted", "the connection is not active any more")
    return connection


def _redeem(context: Context, sign_in: FederatedSignIn, code: str, verifier: str) -> Arrival:
    """Exchange the code and read from the tokens who came. The tokens themselves go no further."""
    client, connection = _client(context), sign_in.connection
    try:
        tokens = auth.exchange_code(
            client_ref(client), hosted_url(client.pool), code=code, verifier=verifier, redirect_uri=callback_url()
        )
        identity = verified(client, tokens, nonce=sign_in.nonce)
        if connection.tenant_id != context.tenant.pk:
            raise TenantMismatch("the connection is another tenant's")
        subject = subject_at(connection.provider_name, context.tenant, client, identity)
    except auth.SessionExpired as error:
        raise _Failed("expired", "Cognito does not accept the code") from error
    except TenantMismatch as error:
        raise _Failed("other_session", error.reason) from error
    except KeysUnavailable as error:
        raise auth.AuthUnavailable("The pool's keys cannot be fetched.") from error
    claims = claims_of(identity.attributes, connection.mapping)
    for attribute, came in ((GROUPS_ATTRIBUTE, claims.groups), (METHODS_ATTRIBUTE, claims.methods)):
        if came:
            auth.forget_attribute(pool_ref(client.pool), identity.username, f"custom:{attribute}")
    return Arrival(subject=subject, username=identity.username, cognito_sub=identity.subject, claims=claims)


def _client(context: Context) -> AppClient:
    client = arrival_client(context.tenant)
    if client is None:
        raise NotReady(_("This way to sign in is still being set up. Try again in a minute."))
    return client


def _close(
    context: Context, sign_in: FederatedSignIn, code: str, detail: str, *, refusal: ArrivalRefused | None = None
) -> None:
    user = refusal.user if refusal is not None else None
    close_failed(sign_in, code=code, detail=detail, user=user, refused=refusal is not None, visitor=context.visitor)


def _ended(sign_in: FederatedSignIn, code: str) -> NotLetIn:
    return NotLetIn(failures.in_words(code, sign_in.connection.name))
