"""Beginning a sign-in without a password: what is asked of whom, and what the answer leads to. No HTTP here.

Nobody learns by it whether an address exists, has a telephone or a passkey: Cognito is asked in any case, by a name
that is made up where nobody may sign in by the address, and the pages that follow are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from federation.levels import AMR_EMAIL, AMR_SMS
from federation.models import AccountRequestKind, FirstFactorAttempt
from federation.services.account_requests import owe_answer
from federation.services.attempt_limits import CODE, MAIL, SMS, LimitReached, spend, tried
from federation.services.first_factors import (
    MAX_TRIES,
    Asked,
    ask_again,
    asked_of,
    close_first_factor,
    give_first_turn_back,
    open_first_factor,
)
from federation.signin.advancing import Outcome, advance
from federation.signin.cognito import client_ref, decoy_username
from federation.signin.context import Context, Refused
from federation.signin.people import user_of
from federation.signin.progress import Progress, refusals
from identity import auth
from identity.auth import choice
from identity.models import AppClient
from tenants.pool_options import FirstFactor
from tenants.ways_in import offered_ways

_log = structlog.get_logger(__name__)

# Ways by which a code is sent, and what they prove (RFC 8176).
CODES = {FirstFactor.EMAIL_OTP.value: AMR_EMAIL, FirstFactor.SMS_OTP.value: AMR_SMS}
_COSTS = {FirstFactor.EMAIL_OTP.value: MAIL, FirstFactor.SMS_OTP.value: SMS}


class CodeSpent(auth.CodeMismatch):
    """The code was tried too often; another one has to be sent."""


def begin_with_code(context: Context, email: str, way: str) -> FirstFactorAttempt:
    """Have a code sent, if somebody may sign in by it who has the address.

    Args:
        context: what the page is about.
        email: as it was typed.
        way: one of `CODES`.

    Raises:
        Refused: the tenant does not let its users begin so.
        LimitReached: too many were asked for; one answer for all addresses.
        NotReady, auth.AuthUnavailable: it cannot be done now.
    """
    email = email.strip().lower()
    client = client_for(context, way)
    user = user_of(context.tenant, email)
    with refusals(Progress(context, client, user, [CODES[way]])):
        spend(_COSTS[way], context.tenant, email, context.caller(email))
        # Who may not sign in gets no mail either: as if nobody had the address.
        name = user.username if user and user.may_sign_in else decoy_username(context.tenant, email)
        asked, is_sent = _send(client, name, way)
        if way == FirstFactor.EMAIL_OTP and not (is_sent and user and user.may_sign_in):
            _lead_in(context, email)
    return open_first_factor(
        context.tenant, context.request, email=email, user=user, way=way, username=name, asked=asked
    )


def send_again(context: Context, attempt: FirstFactorAttempt) -> None:
    """Have another code sent; the one before is good no longer.

    Raises: as `begin_with_code`.
    """
    client = client_for(context, attempt.way)
    with refusals(Progress(context, client, attempt.user, [CODES[attempt.way]])):
        spend(_COSTS[attempt.way], context.tenant, attempt.email, context.caller(attempt.email))
        asked, _is_sent = _send(client, attempt.username, attempt.way)
    ask_again(attempt, asked)


def answer_code(context: Context, attempt: FirstFactorAttempt, code: str) -> Outcome:
    """Answer with the code that was sent. The attempt's turn must be taken.

    Raises:
        CodeSpent: another code is needed; the turn was given back.
        auth.CodeMismatch: the person may try again; the turn was given back.
        LimitReached: too many were wrong; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = Progress(context, client_for(context, attempt.way), attempt.user, [CODES[attempt.way]])
    ref = client_ref(progress.client)
    with refusals(progress), _another_turn(attempt):
        with tried(CODE, context.tenant, attempt.email, context.caller(attempt.email), not_theirs=auth.AuthUnavailable):
            if attempt.tries > MAX_TRIES:
                raise CodeSpent("The code was tried too often.")
            result = choice.answer_code(ref, attempt.username, attempt.way, asked_of(attempt).session, code)
        close_first_factor(attempt)
        return advance(progress, result)


def client_for(context: Context, way: str) -> AppClient:
    """Return the app client to begin with by a way.

    Raises:
        Refused: the tenant does not let its users begin so.
        NotReady: Cognito does not have the client yet.
    """
    if way not in offered_ways(context.tenant):
        raise Refused
    return context.client()


def _send(client: AppClient, username: str, way: str) -> tuple[Asked, bool]:
    """Have a code sent; the second value is whether Cognito says that it is on its way."""
    try:
        answer = choice.begin_code(client_ref(client), username, way)
    except auth.TooManyAttempts:
        # Cognito has sent somebody too many: that there is somebody is not to be seen by it.
        return Asked(""), True
    except auth.AuthMisconfigured as error:
        # A code that could not be delivered: to somebody, again. Operators have to see it, nobody else.
        _log.error("first_code_not_sent", client=str(client.pk), way=way, reason=error.reason, remedy=error.remedy)
        return Asked(""), True
    return Asked(answer.session), isinstance(answer, choice.CodeSent)


def _lead_in(context: Context, email: str) -> None:
    """Where there is no password to begin with, have a worker mail what leads in, to whom there is such a thing.

    That is a link, for somebody invited, or with a temporary password from before. It is owed for every address that
    no code goes to, whoever has it or not; that there was too much of it was counted with the codes.
    """
    if not context.tenant.policy.takes_passwords:
        owe_answer(context.tenant, AccountRequestKind.PASSWORD, email, request=context.request)


@contextmanager
def _another_turn(attempt: FirstFactorAttempt) -> Iterator[None]:
    """Give the turn back where a person can do something with it."""
    try:
        yield
    except (auth.CodeMismatch, LimitReached):
        give_first_turn_back(attempt)
        raise
