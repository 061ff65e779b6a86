"""Security keys and passkeys that Lifeguard keeps, of people who come by a connection. No HTTP here."""

from dataclasses import replace

from federation.levels import AMR_PASSKEY
from federation.models import SignInAttempt, Step
from federation.selectors.own_keys import keys_of, party_for
from federation.services.attempt_limits import CODE, tried
from federation.services.attempts import Held, held_by, move_on, spend_code_try
from federation.services.own_factors import own_factor_of
from federation.services.own_keys import accept_key, keep_key
from federation.services.sessions import Begun
from federation.signin.context import Context
from federation.signin.own_factor import let_in_with, sign_in_of
from federation.signin.own_key_options import options_in, with_creation, with_request
from federation.signin.progress import recheck, refusals, resume
from federation.totp import new_secret
from federation.webauthn import KeyRejected, verify_made
from identity import auth
from tenants.factors import SecondFactor

# What somebody can set up who has nothing yet.
CHOICES = (SecondFactor.TOTP, SecondFactor.KEY)
_SETUPS = (Step.OWN_SETUP, Step.OWN_KEY_SETUP)


def choose_own(context: Context, attempt: SignInAttempt, factor: str) -> SignInAttempt:
    """Begin to set up what somebody chose. The attempt's turn must be taken.

    Raises:
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress, held = resume(context, attempt), held_by(attempt)
    with refusals(progress):
        user = recheck(progress)
        if SecondFactor(factor) is SecondFactor.KEY:
            return _go_to(attempt, Step.OWN_KEY_SETUP, with_creation(context.tenant, user, held))
        return _go_to(attempt, Step.OWN_SETUP, replace(held, totp_secret=new_secret(), passkey=""))


def take_another_way(context: Context, attempt: SignInAttempt) -> SignInAttempt:
    """Go back to the choice of what to set up, or to the other factor that somebody has. The turn must be taken.

    Raises:
        auth.SessionExpired: they have no other.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress, held = resume(context, attempt), held_by(attempt)
    with refusals(progress):
        user = recheck(progress)
        if attempt.step in _SETUPS:
            return _go_to(attempt, Step.OWN_CHOICE, replace(held, totp_secret="", passkey=""))
        if attempt.step == Step.OWN_KEY and own_factor_of(user) is not None:
            return _go_to(attempt, Step.OWN_CODE, replace(held, passkey=""))
        if attempt.step == Step.OWN_CODE and keys_of(user):
            return _go_to(attempt, Step.OWN_KEY, with_request(context.tenant, user, held))
        raise auth.SessionExpired("There is no other factor.")


def answer_own_key(context: Context, attempt: SignInAttempt, credential: str) -> Begun:
    """Answer with what the browser made of one of somebody's keys. The attempt's turn must be taken.

    Raises:
        KeyRejected: it does not hold; there is a new challenge, and the person may try again.
        LimitReached: there were too many wrong ones, or the wait is not over.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress, held = resume(context, attempt), held_by(attempt)
    try:
        with refusals(progress):
            sign_in, user = sign_in_of(context, attempt), recheck(progress)
            if not keys_of(user):
                # An administrator took them away meanwhile: one is set up from the beginning.
                raise auth.SessionExpired("The factor was reset.")
            options, caller = options_in(held), context.caller(user.email)
            with tried(CODE, context.tenant, str(user.pk), caller, not_theirs=auth.AuthUnavailable):
                spend_code_try(attempt)
                accept_key(user, options, credential, visitor=context.visitor)
            return let_in_with(progress, sign_in, AMR_PASSKEY)
    except KeyRejected:
        _go_to(attempt, Step.OWN_KEY, with_request(context.tenant, attempt.user, held))
        raise


def finish_own_key_setup(context: Context, attempt: SignInAttempt, credential: str, name: str) -> Begun:
    """Keep the key that the browser made, and let its owner in. The attempt's turn must be taken.

    Args:
        context: what the page is about.
        attempt: at the step OWN_KEY_SETUP.
        credential: RegistrationResponseJSON, as text.
        name: what they call it; empty for a number.

    Raises: as `answer_own_key`.
    """
    progress, held = resume(context, attempt), held_by(attempt)
    try:
        with refusals(progress):
            sign_in, user = sign_in_of(context, attempt), recheck(progress)
            party = party_for(context.tenant, keys_of(user))
            made = verify_made(party, options_in(held), credential)
            keep_key(user, party, made, name, is_first=True, visitor=context.visitor)
            return let_in_with(progress, sign_in, AMR_PASSKEY)
    except KeyRejected:
        _go_to(attempt, Step.OWN_KEY_SETUP, with_creation(context.tenant, attempt.user, held))
        raise


def _go_to(attempt: SignInAttempt, step: Step, held: Held) -> SignInAttempt:
    move_on(attempt, step=step, username=attempt.username, held=held, amr=list(attempt.amr))
    return attempt
