"""Signing in with a passkey, after the e-mail address. No HTTP here."""

from dataclasses import replace

from django.conf import settings

from federation.levels import AMR_MULTI_FACTOR, AMR_PASSKEY
from federation.models import FirstFactorAttempt, SignInAttempt
from federation.services.attempt_limits import CODE, PASSKEY_REQUEST, spend, tried
from federation.services.first_factors import Asked, asked_of, close_first_factor, open_first_factor
from federation.signin.advancing import Outcome, advance, let_in
from federation.signin.cognito import client_ref, decoy_username
from federation.signin.context import Context
from federation.signin.first_factors import client_for
from federation.signin.passkey_offer import finish_offer, offer_again, with_kept
from federation.signin.passkey_options import made_up, shown
from federation.signin.people import user_of
from federation.signin.progress import Progress, recheck, refusals, resume
from identity import auth
from identity.auth import choice
from identity.auth.passkeys import PasskeyRejected
from identity.models import AppClient
from identity.services.passkeys import note_passkey, note_passkey_declined
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor, UserVerification

WAY = FirstFactor.WEB_AUTHN.value


def begin_with_passkey(context: Context, email: str, *, remembered: bool = False) -> FirstFactorAttempt:
    """Ask for a passkey of whoever has the address.

    Args:
        context: what the page is about.
        email: as it was typed.
        remembered: whether it was not, and is known of the browser: no page may show it then.

    Raises: as `begin_with_code`.
    """
    email = email.strip().lower()
    client = client_for(context, WAY)
    user = user_of(context.tenant, email)
    name = user.username if user and user.may_sign_in else decoy_username(context.tenant, email)
    with refusals(Progress(context, client, user, [AMR_PASSKEY])):
        spend(PASSKEY_REQUEST, context.tenant, email, context.caller(email))
        asked = replace(_ask(context, client, name, email), remembered=remembered)
    return open_first_factor(
        context.tenant, context.request, email=email, user=user, way=WAY, username=name, asked=asked
    )


def answer_passkey(context: Context, attempt: FirstFactorAttempt, credential: str) -> Outcome:
    """Answer with what the browser made of the options. The attempt's turn must be taken.

    Args:
        context: what the page is about.
        attempt: of `begin_with_passkey`.
        credential: AuthenticationResponseJSON, as text.

    Raises:
        LimitReached: too many did not hold.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = Progress(context, client_for(context, WAY), attempt.user, _proved(context))
    ref = client_ref(progress.client)
    with refusals(progress):
        with tried(CODE, context.tenant, attempt.email, context.caller(attempt.email), not_theirs=auth.AuthUnavailable):
            result = choice.answer_passkey(ref, attempt.username, asked_of(attempt).session, credential)
        close_first_factor(attempt)
        outcome = advance(progress, result)
    if attempt.user is not None:
        note_passkey(attempt.user, present=True)
    return outcome


def accept_passkey(context: Context, attempt: SignInAttempt, credential: str) -> Outcome:
    """Keep the passkey that was offered, and let its owner in. The attempt's turn must be taken.

    Args:
        context: what the page is about.
        attempt: at the step PASSKEY_OFFER.
        credential: RegistrationResponseJSON, as text.

    Raises:
        PasskeyRejected: it does not hold; the person may make another.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = with_kept(resume(context, attempt), attempt)
    with refusals(progress):
        user = recheck(progress)
        try:
            finish_offer(progress, attempt, credential)
        except PasskeyRejected:
            offer_again(attempt, progress)
            raise
        except auth.SessionExpired:
            # Cognito's token lives for five minutes. Who thought about it for longer is offered one again, next time.
            pass
        return let_in(progress, user)


def decline_passkey(context: Context, attempt: SignInAttempt) -> Outcome:
    """Let somebody in who wants no passkey now. The attempt's turn must be taken.

    Raises:
        Refused: the user may not sign in any more.
    """
    progress = with_kept(resume(context, attempt), attempt)
    with refusals(progress):
        user = recheck(progress)
        note_passkey_declined(user)
        return let_in(progress, user)


def _ask(context: Context, client: AppClient, username: str, email: str) -> Asked:
    options = options_of(context.tenant.pool)
    verification = str(options.passkey_user_verification)
    try:
        found = choice.begin_passkey(client_ref(client), username)
    except auth.TooManyAttempts:
        found = choice.NotOffered("")
    if isinstance(found, choice.PasskeyAsked):
        return Asked(found.session, shown(found.options, verification=verification))
    subject = f"{context.tenant.pk}\x1f{email}"
    key = settings.SECRET_KEY.encode()
    return Asked(found.session, made_up(options.passkey_rp_id, subject, verification=verification, key=key))


def _proved(context: Context) -> list[str]:
    """What a passkey proves in the tenant's pool: possession alone, or who unlocked it as well."""
    options = options_of(context.tenant.pool)
    both = options.passkey_is_mfa and options.passkey_user_verification == UserVerification.REQUIRED
    return [AMR_PASSKEY, AMR_MULTI_FACTOR] if both else [AMR_PASSKEY]
