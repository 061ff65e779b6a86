"""The flow of second factors beside the authenticator app: codes that are sent, and the choice. No HTTP here."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pydantic import SecretStr

from federation.levels import AMR_EMAIL, AMR_MULTI_FACTOR, AMR_SMS
from federation.models import SignInAttempt, Step
from federation.services.attempt_limits import CODE, MAIL, SMS, LimitReached, spend, tried
from federation.services.attempts import Held, give_turn_back, held_by, move_on, spend_code_try
from federation.services.factor_enrolment import record_enrolment
from federation.services.number_changes import end_change
from federation.services.own_account import KeptByOrganization
from federation.services.own_phone import keep_number
from federation.signin.advancing import Outcome, advance, allowed_factors, begin_app_setup, let_in
from federation.signin.cognito import client_ref
from federation.signin.context import Context
from federation.signin.progress import Progress, recheck, refusals, resume
from identity import auth
from tenants.factors import SecondFactor

T = TypeVar("T")
_AMR = {SecondFactor.EMAIL: AMR_EMAIL, SecondFactor.SMS: AMR_SMS}
_COSTS = {SecondFactor.EMAIL: MAIL, SecondFactor.SMS: SMS}
_SETUP_STEPS = {SecondFactor.EMAIL: Step.EMAIL_SETUP, SecondFactor.SMS: Step.SMS_SETUP}
_OF_STEP = {
    Step.EMAIL_CODE: SecondFactor.EMAIL,
    Step.SMS_CODE: SecondFactor.SMS,
    Step.EMAIL_SETUP: SecondFactor.EMAIL,
    Step.SMS_SETUP: SecondFactor.SMS,
}


def answer_code(context: Context, attempt: SignInAttempt, code: str) -> Outcome:
    """Answer with a code that Cognito sent. The attempt's turn must be taken.

    A factor that the tenant does not allow any more is answered, because Cognito asks for it, and does not count.

    Raises:
        auth.CodeMismatch: the person may enter another one; the turn was given back.
        LimitReached: there were too many wrong ones, or the wait is not over.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress, factor = resume(context, attempt), _OF_STEP[Step(attempt.step)]
    asked = auth.CodeRequired(attempt.username, held_by(attempt).session, factor)
    counts = [AMR_MULTI_FACTOR] if factor in allowed_factors(context) else []
    with refusals(progress):
        result = _tried(context, attempt, lambda: auth.answer_code(client_ref(progress.client), asked, code))
        return advance(replace(progress, amr=[*progress.amr, _AMR[factor], *counts]), result)


def answer_choice(context: Context, attempt: SignInAttempt, factor: str) -> Outcome:
    """Go on with the second factor that the person chose. The attempt's turn must be taken.

    Raises: as `answer_code`, but for wrong codes.
    """
    progress, held = resume(context, attempt), held_by(attempt)
    asked = auth.FactorChoice(attempt.username, held.session, held.names)
    with refusals(progress):
        return advance(progress, auth.choose_factor(client_ref(progress.client), asked, SecondFactor(factor)))


def begin_setup(context: Context, attempt: SignInAttempt, factor: str) -> Outcome:
    """Begin to set up the second factor that the person chose. The attempt's turn must be taken.

    Raises:
        LimitReached: too many codes were sent; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress, held, chosen = resume(context, attempt), held_by(attempt), SecondFactor(factor)
    with refusals(progress):
        if chosen is SecondFactor.TOTP:
            step = Step.TOTP_OFFER if held.may_decline else Step.TOTP_SETUP
            return begin_app_setup(progress, step, attempt.username, SecretStr(held.access_token))
        if chosen is SecondFactor.SMS:
            return _go_to(progress, attempt, Step.PHONE_SETUP, held)
        return _send(progress, attempt, chosen)


def take_number(context: Context, attempt: SignInAttempt, number: str) -> Outcome:
    """Keep the telephone number that codes are to go to, and have one sent there. The attempt's turn must be taken.

    Raises:
        KeptByOrganization: they have another one, which the tenant keeps; the turn was given back.
        LimitReached, Refused, auth.AuthError: as `begin_setup`.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        try:
            keep_number(client_ref(progress.client), recheck(progress), number)
        except KeptByOrganization:
            give_turn_back(attempt)
            raise
        return _send(progress, attempt, SecondFactor.SMS)


def send_again(context: Context, attempt: SignInAttempt) -> Outcome:
    """Have one more code sent to show that codes arrive. The attempt's turn must be taken.

    Raises: as `begin_setup`.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        return _send(progress, attempt, _OF_STEP[Step(attempt.step)])


def choose_again(context: Context, attempt: SignInAttempt) -> Outcome:
    """Go back to the choice of what to set up. The attempt's turn must be taken."""
    progress, held = resume(context, attempt), held_by(attempt)
    return _go_to(progress, attempt, Step.FACTOR_OFFER if held.may_decline else Step.FACTOR_SETUP, held)


def finish_setup(context: Context, attempt: SignInAttempt, code: str) -> Outcome:
    """Show with a code that codes arrive, which then are the person's second factor. The turn must be taken.

    Raises: as `answer_code`; the code of a number that is not theirs any more is wrong, too.
    """
    progress, factor = resume(context, attempt), _OF_STEP[Step(attempt.step)]
    token, client = SecretStr(held_by(attempt).access_token), client_ref(progress.client)
    keep = allowed_factors(context)
    with refusals(progress):
        if factor is SecondFactor.SMS and auth.phone_of(client.pool, recheck(progress).username).is_verified:
            # Given back since: the code would put the number that it was sent to in the place of it.
            raise auth.CodeMismatch("The number before was given back.")
        _tried(
            context,
            attempt,
            lambda: auth.finish_code_setup(client, factor, access_token=token, code=code, keep=keep),
        )
        user = recheck(progress)
        record_enrolment(user, factor, visitor=context.visitor)
        if factor is SecondFactor.SMS:
            end_change(user)
        amr = [*progress.amr, *(each for each in (_AMR[factor], AMR_MULTI_FACTOR) if each not in progress.amr)]
        return let_in(replace(progress, amr=amr, access_token=token), user)


def _tried(context: Context, attempt: SignInAttempt, answer: Callable[[], T]) -> T:
    caller = context.caller(attempt.user.email)
    with tried(CODE, context.tenant, str(attempt.user_id), caller, not_theirs=auth.AuthUnavailable):
        spend_code_try(attempt)
        return answer()


def _send(progress: Progress, attempt: SignInAttempt, factor: SecondFactor) -> SignInAttempt:
    """Have a code sent to where codes are to go from now on."""
    context, held = progress.context, held_by(attempt)
    try:
        spend(_COSTS[factor], context.tenant, str(attempt.user_id), context.caller(attempt.user.email))
        destination = auth.begin_code_setup(
            client_ref(progress.client), factor, access_token=SecretStr(held.access_token)
        )
    except LimitReached:
        give_turn_back(attempt)
        raise
    return _go_to(progress, attempt, _SETUP_STEPS[factor], replace(held, destination=destination))


def _go_to(progress: Progress, attempt: SignInAttempt, step: Step, held: Held) -> SignInAttempt:
    move_on(attempt, step=step, username=attempt.username, held=held, amr=progress.amr)
    return attempt
