"""The offer of a passkey, after a sign-in without one. No HTTP here."""

import json
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from pydantic import SecretStr

from federation.levels import AMR_MULTI_FACTOR, AMR_PASSKEY
from federation.models import SignInAttempt, Step
from federation.services.attempts import Held, held_by, move_on
from federation.services.own_passkeys import note_new_passkey
from federation.signin.cognito import client_ref
from federation.signin.progress import Progress
from federation.signin.remembering import packed, unpacked
from identity import auth
from identity.auth import passkeys
from identity.models import DirectoryUser
from identity.services.passkeys import note_passkey
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor
from tenants.ways_in import offered_ways

# How long somebody who said "not now" is left alone.
_OFFER_AGAIN = timedelta(days=30)


def offer_passkey(progress: Progress, user: DirectoryUser, result: auth.SignedIn) -> SignInAttempt | None:
    """Return the step at which somebody whom everything lets in is offered a passkey; None where they are not.

    That Cognito cannot make one now keeps nobody out.
    """
    if not _is_for(progress, user):
        return None
    try:
        options = passkeys.begin_passkey_registration(client_ref(progress.client), result.access_token)
    except auth.AuthError:
        return None
    if options.get("excludeCredentials"):
        # They have one, made elsewhere.
        note_passkey(user, present=True)
        return None
    held = Held(
        access_token=result.access_token.get_secret_value(),
        passkey=json.dumps(options),
        remembering=packed(progress.remembering),
    )
    return progress.at_step(Step.PASSKEY_OFFER, result.username, held)


def offer_again(attempt: SignInAttempt, progress: Progress) -> None:
    """Offer it once more: what Cognito gave out is used up by whatever answers it.

    Raises:
        auth.AuthError: Cognito cannot make one now, or the offer was left open too long.
    """
    options = passkeys.begin_passkey_registration(client_ref(progress.client), _token(attempt))
    held = replace(held_by(attempt), passkey=json.dumps(options))
    move_on(attempt, step=Step.PASSKEY_OFFER, username=attempt.username, held=held, amr=progress.amr)


def finish_offer(progress: Progress, attempt: SignInAttempt, credential: str) -> None:
    """Keep the passkey that the browser made.

    Raises:
        passkeys.PasskeyRejected: it does not hold.
        auth.AuthError: Cognito cannot keep it now, or the offer was left open too long.
    """
    try:
        made = json.loads(credential)
    except ValueError as error:
        raise passkeys.PasskeyRejected("not JSON") from error
    if not isinstance(made, dict):
        raise passkeys.PasskeyRejected("not an object")
    both = options_of(progress.context.tenant.pool).passkey_is_mfa
    passkeys.finish_passkey_registration(client_ref(progress.client), _token(attempt), made, counts_as_two=both)
    note_new_passkey(attempt.user, visitor=progress.context.visitor)


def with_kept(progress: Progress, attempt: SignInAttempt) -> Progress:
    """Return the sign-in with what the offer kept: the access token, and whether the browser is to be remembered."""
    return replace(progress, access_token=_token(attempt), remembering=unpacked(held_by(attempt).remembering))


def _token(attempt: SignInAttempt) -> SecretStr:
    return SecretStr(held_by(attempt).access_token)


def _is_for(progress: Progress, user: DirectoryUser) -> bool:
    tenant = progress.context.tenant
    if user.has_passkey or AMR_PASSKEY in progress.amr or FirstFactor.WEB_AUTHN not in offered_ways(tenant):
        return False
    if user.passkey_declined_at is not None and user.passkey_declined_at > timezone.now() - _OFFER_AGAIN:
        return False
    # Who has a second factor signs in by a passkey only where that counts as two (developer guide, "Adding MFA").
    has_another = AMR_MULTI_FACTOR in progress.amr or user.has_second_factor
    return not has_another or options_of(tenant.pool).passkey_is_mfa
