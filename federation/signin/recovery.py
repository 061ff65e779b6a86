"""A recovery code instead of the second factor. No HTTP here."""

from dataclasses import replace

import structlog

from federation.models import AuthWay, Connection, RecoveryCode, SignInAttempt, Step
from federation.services.attempt_limits import RECOVERY_CODE, tried
from federation.services.attempts import close_attempt, spend_code_try
from federation.services.own_phone import stays_theirs
from federation.services.recovery_codes import use_code
from federation.signin.cognito import client_ref
from federation.signin.context import Context
from federation.signin.own_factor import sign_in_of
from federation.signin.progress import recheck, refusals, resume
from federation.visitor import as_user
from identity import auth
from identity.models import AppClient, DirectoryUser
from identity.services.factor_reset import note_factors_removed

# Where somebody who came by a connection is asked for a second factor that they have.
_OWN_STEPS = (Step.OWN_CODE, Step.OWN_KEY)
# And everybody.
STEPS = (Step.TOTP, Step.EMAIL_CODE, Step.SMS_CODE, Step.FACTOR_SELECT, *_OWN_STEPS)

_log = structlog.get_logger(__name__)


def has_way_back(attempt: SignInAttempt) -> bool:
    """Say whether a recovery code would help where a sign-in is now."""
    rows = RecoveryCode.objects.filter(user=attempt.user_id, used_at__isnull=True)
    return attempt.step in STEPS and rows.exists()


def answer_recovery_code(context: Context, attempt: SignInAttempt, code: str) -> Connection | None:
    """Take the second factors away for a recovery code; the sign-in is over then. The attempt's turn must be taken.

    Returns:
        By which connection they came, and come once more; None for who began here.

    Raises:
        auth.CodeMismatch: none of theirs, or used before; the turn was given back.
        LimitReached: too many were tried; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = replace(resume(context, attempt), way=AuthWay.RECOVERY_CODE)
    caller = context.caller(attempt.user.email)
    with refusals(progress):
        user = recheck(progress)
        connection = sign_in_of(context, attempt).connection if attempt.step in _OWN_STEPS else None
        with tried(RECOVERY_CODE, context.tenant, str(user.pk), caller, not_theirs=auth.AuthUnavailable):
            # Not before: who comes too early has lost nothing by it.
            spend_code_try(attempt)
            keeps = stays_theirs(client_ref(progress.client), user)
            actor = as_user(context.visitor, user)
            wanted = use_code(user, code, began=attempt.created_at, keeps_number=keeps, actor=actor)
            if wanted is None:
                raise auth.CodeMismatch("no recovery code of theirs")
    close_attempt(attempt)
    if not user.is_federated:
        _remove_at_cognito(progress.client, user, wanted)
    return connection


def _remove_at_cognito(client: AppClient, user: DirectoryUser, wanted: int) -> None:
    try:
        auth.remove_second_factors(client_ref(client).pool, user.username)
    except auth.AuthUnavailable as error:
        # It is owed, and the worker goes on as soon as Cognito answers.
        _log.warning("factors_not_removed_yet", user=str(user.pk), reason=str(error))
    else:
        note_factors_removed(user, wanted)
