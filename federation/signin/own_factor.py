"""Second factors of people who come by a connection, whom Cognito never asks for one. No HTTP here.

Cognito asks federated users for no second factor (developer guide, "Adding MFA to a user pool"), so that where a tenant
does not leave it to the identity provider, Lifeguard keeps one itself.
"""

from datetime import datetime

from federation.levels import AMR_MULTI_FACTOR, AMR_PASSKEY, AMR_TOTP
from federation.models import Connection, FederatedSignIn, MfaTrust, SignInAttempt, Step
from federation.provider.prompt import asks_for_two_factors
from federation.selectors.arrivals import offered_connection
from federation.selectors.own_keys import keys_of
from federation.services.attempt_limits import CODE, tried
from federation.services.attempts import Held, close_attempt, held_by, open_attempt, spend_code_try
from federation.services.federated_sign_ins import close_succeeded
from federation.services.own_factors import (
    accept_code,
    give_up_own_factor,
    had_own_factor,
    has_own_factor,
    own_factor_of,
    set_up_factor,
)
from federation.services.remembered_browsers import Remembering
from federation.services.sessions import Begun, begin_session
from federation.signin.cognito import TenantMismatch
from federation.signin.context import Context
from federation.signin.own_key_options import with_request
from federation.signin.progress import Progress, recheck, refusals, resume
from identity import auth
from identity.models import DirectoryUser
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy

_FACTORS = {AMR_TOTP: SecondFactor.TOTP, AMR_PASSKEY: SecondFactor.KEY}


def needs_own_factor(context: Context, connection: Connection, user: DirectoryUser, *, amr: list[str]) -> bool:
    """Say whether somebody who came by a connection is asked for a second factor of ours.

    Where the policy leaves it to people, those are asked who have set one up, and those of whom an application wants
    two factors; those whose factor was taken away are offered another.
    """
    if connection.mfa_trust == MfaTrust.PROVIDER or AMR_MULTI_FACTOR in amr:
        return False
    match MfaPolicy(context.tenant.policy.mfa):
        case MfaPolicy.REQUIRED:
            return True
        case MfaPolicy.OPTIONAL:
            return not may_go_without(context) or has_own_factor(user) or had_own_factor(user)
        case _:
            return False


def may_go_without(context: Context) -> bool:
    """Say whether somebody who has no second factor of ours may leave it at that."""
    return context.tenant.policy.mfa != MfaPolicy.REQUIRED and not asks_for_two_factors(context.request.parameters)


def ask_for_own_factor(
    context: Context, sign_in: FederatedSignIn, user: DirectoryUser, *, amr: list[str]
) -> SignInAttempt:
    """Go on with what somebody has, or with setting one up.

    A key goes before an app, because nobody can be talked into giving it away.
    """
    held, step = Held(sign_in=str(sign_in.pk)), Step.OWN_CHOICE
    if keys_of(user):
        held, step = with_request(context.tenant, user, held), Step.OWN_KEY
    elif own_factor_of(user) is not None:
        step = Step.OWN_CODE
    return open_attempt(context.tenant, context.request, user, step=step, username=user.username, held=held, amr=amr)


def answer_own_code(context: Context, attempt: SignInAttempt, code: str) -> Begun:
    """Answer with a code of the app that Lifeguard keeps. The attempt's turn must be taken.

    Raises:
        auth.CodeMismatch: the person may enter another one; the turn was given back.
        LimitReached: there were too many wrong ones, or the wait is not over.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        sign_in, factor = sign_in_of(context, attempt), own_factor_of(attempt.user)
        if factor is None:
            # An administrator took it away meanwhile: a new one is set up from the beginning.
            raise auth.SessionExpired("The factor was reset.")
        caller = context.caller(attempt.user.email)
        with tried(CODE, context.tenant, str(attempt.user_id), caller, not_theirs=auth.AuthUnavailable):
            spend_code_try(attempt)
            accept_code(factor, code)
        return let_in_with(progress, sign_in, AMR_TOTP)


def finish_own_setup(context: Context, attempt: SignInAttempt, code: str) -> Begun:
    """Prove that the app was set up. The attempt's turn must be taken.

    Raises: as `answer_own_code`.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        sign_in, user = sign_in_of(context, attempt), recheck(progress)
        set_up_factor(user, held_by(attempt).totp_secret, code, visitor=context.visitor)
        return let_in_with(progress, sign_in, AMR_TOTP, enrolled=True)


def decline_own(context: Context, attempt: SignInAttempt) -> Begun:
    """Let somebody in who has no second factor of ours, and wants none. The attempt's turn must be taken.

    Raises:
        auth.SessionExpired: they have one by now, or may not go without.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        sign_in, user = sign_in_of(context, attempt), recheck(progress)
        if not may_go_without(context) or has_own_factor(user):
            raise auth.SessionExpired("A second factor is asked for.")
        give_up_own_factor(user)
        close_attempt(attempt)
        return let_in_by_connection(context, sign_in, user, proved_at=progress.proved_at, amr=progress.amr)


def let_in_by_connection(
    context: Context,
    sign_in: FederatedSignIn,
    user: DirectoryUser,
    *,
    proved_at: datetime,
    amr: list[str],
    enrolled: bool = False,
    remembering: Remembering | None = None,
) -> Begun:
    """Begin the session of somebody who came by a connection; see `begin_session`."""
    close_succeeded(sign_in, user)
    return begin_session(
        user,
        context.request,
        proved_at=proved_at,
        amr=amr,
        enrolled=enrolled,
        previous=context.previous,
        visitor=context.visitor,
        connection=sign_in.connection,
        device_token=context.device_token,
        remembering=remembering,
    )


def let_in_with(progress: Progress, sign_in: FederatedSignIn, method: str, *, enrolled: bool = False) -> Begun:
    """Let somebody in who came by a connection and has shown a factor of ours.

    Args:
        progress: theirs.
        sign_in: by what they came.
        method: the factor (RFC 8176).
        enrolled: whether they set an app up for it.
    """
    user = recheck(progress)
    if progress.attempt is not None:
        close_attempt(progress.attempt)
    return let_in_by_connection(
        progress.context,
        sign_in,
        user,
        proved_at=progress.proved_at,
        amr=[*progress.amr, method, AMR_MULTI_FACTOR],
        enrolled=enrolled,
        remembering=Remembering(_FACTORS[method]) if progress.context.remembers else None,
    )


def sign_in_of(context: Context, attempt: SignInAttempt) -> FederatedSignIn:
    """Return by what somebody came, if people still come by it.

    Raises:
        TenantMismatch: it went out of use meanwhile.
    """
    rows = FederatedSignIn.objects.select_related("connection__newest")
    sign_in = rows.filter(tenant=context.tenant, pk=held_by(attempt).sign_in).first()
    if sign_in is None or offered_connection(context.tenant, sign_in.connection_id) is None:
        raise TenantMismatch("the connection is not active any more")
    return sign_in
