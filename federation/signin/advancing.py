"""What an answer of Cognito leads to: the next step of a sign-in, or a session."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from pydantic import SecretStr

from federation.levels import AMR_EMAIL, AMR_MULTI_FACTOR, AMR_PASSWORD, AMR_REMEMBERED, AMR_SMS
from federation.models import SignInAttempt, Step
from federation.passwords import require_passwords
from federation.provider.prompt import asks_for_two_factors
from federation.services.attempts import Held, close_attempt, note_code_sent
from federation.services.sessions import Begun, begin_session
from federation.signin.cognito import TenantMismatch, check_tenant, client_ref
from federation.signin.context import Context
from federation.signin.passkey_offer import offer_passkey
from federation.signin.progress import Progress
from federation.signin.remembering import remember
from identity import auth
from identity.models import DirectoryUser
from identity.services.factors import note_factor, note_factors
from tenants.factor_rules import usable
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy
from tenants.models.pool_settings import options_of

# How long somebody who said "not now" is left alone.
_OFFER_AGAIN = timedelta(days=30)
_CODE_AMR = {SecondFactor.EMAIL: AMR_EMAIL, SecondFactor.SMS: AMR_SMS}
_CODE_STEPS = {SecondFactor.EMAIL: Step.EMAIL_CODE, SecondFactor.SMS: Step.SMS_CODE}

# The person is in, or has something more to do.
Outcome = Begun | SignInAttempt


def advance(progress: Progress, result: auth.SignInResult) -> Outcome:
    """Go where an answer of Cognito leads.

    Raises:
        TenantMismatch: Cognito accepted somebody who is not this tenant's to let in, or asks what is not offered here.
        auth.AuthError: Cognito cannot go on.
    """
    match result:
        case auth.SignedIn():
            return _signed_in(progress, result)
        case auth.NewPasswordRequired():
            held = Held(session=result.session, missing_attributes=result.missing_attributes)
            return progress.at_step(Step.NEW_PASSWORD, result.username, held)
        case auth.TotpRequired():
            _note(progress, SecondFactor.TOTP)
            return progress.at_step(Step.TOTP, result.username, Held(session=result.session))
        case auth.CodeRequired():
            return _await_code(progress, result)
        case auth.FactorChoice():
            return _let_choose(progress, result)
        case auth.TotpSetupRequired():
            secret = auth.begin_totp_setup(client_ref(progress.client), session=result.session)
            held = Held(session=secret.session or "", totp_secret=secret.secret.get_secret_value())
            return progress.at_step(Step.TOTP_SETUP, result.username, held)
        case auth.OtherChallenge():
            raise TenantMismatch(f"Cognito asks for {result.name}, which is not offered here")


def let_in(progress: Progress, user: DirectoryUser) -> Begun:
    """End the attempt, and begin the session.

    Raises:
        PasswordNotUsed: it began with a password, which the tenant has ceased to use meanwhile.
    """
    context = progress.context
    if AMR_PASSWORD in progress.amr:
        require_passwords(context.tenant)
    if progress.attempt is not None:
        close_attempt(progress.attempt)
    return begin_session(
        user,
        context.request,
        proved_at=progress.proved_at,
        amr=progress.amr,
        enrolled=progress.enrolled,
        previous=context.previous,
        visitor=context.visitor,
        access_token=progress.access_token,
        device_token=context.device_token,
        remembering=progress.remembering,
    )


def allowed_factors(context: Context) -> tuple[SecondFactor, ...]:
    """Return the second factors that count at this tenant: what its policy allows, of what its pool has."""
    return usable(context.tenant.policy.second_factors, options_of(context.tenant.pool))


def begin_app_setup(progress: Progress, step: Step, username: str, access_token: SecretStr) -> SignInAttempt:
    """Have somebody set an authenticator app up whom Cognito has let in already."""
    secret = auth.begin_totp_setup(client_ref(progress.client), access_token=access_token)
    held = Held(access_token=access_token.get_secret_value(), totp_secret=secret.secret.get_secret_value())
    return progress.at_step(step, username, held)


def _await_code(progress: Progress, asked: auth.CodeRequired) -> SignInAttempt:
    _note(progress, asked.factor)
    held = Held(session=asked.session, destination=asked.destination)
    attempt = progress.at_step(_CODE_STEPS[asked.factor], asked.username, held)
    note_code_sent(attempt)
    return attempt


def _let_choose(progress: Progress, asked: auth.FactorChoice) -> Outcome:
    """Let somebody choose among their second factors: those that count here, where they have such; one needs no choice.

    Raises:
        TenantMismatch: there is nothing that could be chosen.
    """
    offered = asked.factors
    if progress.user is not None:
        note_factors(progress.user, offered)
    allowed = allowed_factors(progress.context)
    choices = [factor for factor in offered if factor in allowed] or list(offered)
    if not choices:
        raise TenantMismatch("Cognito offers no second factor that is known here")
    if len(choices) == 1:
        return advance(progress, auth.choose_factor(client_ref(progress.client), asked, choices[0]))
    held = Held(session=asked.session, names=asked.names, choices=tuple(choice.value for choice in choices))
    return progress.at_step(Step.FACTOR_SELECT, asked.username, held)


def _note(progress: Progress, factor: SecondFactor) -> None:
    if progress.user is not None:
        note_factor(progress.user, factor)


def _signed_in(progress: Progress, result: auth.SignedIn) -> Outcome:
    """Let in whom Cognito let in, after the tenant check, and after what the tenant asks beyond its pool."""
    user = check_tenant(progress.context.tenant, progress.client, result)
    if progress.user is None or progress.user.pk != user.pk:
        raise TenantMismatch("another user than the one who began")
    if result.by_device:
        # Without Cognito's token: whoever changes how they sign in shows both factors first.
        return let_in(replace(progress, amr=[*progress.amr, AMR_REMEMBERED]), user)
    if progress.amr == [AMR_PASSWORD]:
        # Cognito would have asked for a second factor if they had one.
        note_factors(user, ())
    if AMR_MULTI_FACTOR in progress.amr:
        return _offer_or_let_in(remember(progress, result), user, result)
    return _beyond_the_pool(progress, user, result)


def _offer_or_let_in(progress: Progress, user: DirectoryUser, result: auth.SignedIn) -> Outcome:
    offered = offer_passkey(progress, user, result)
    return offered or let_in(replace(progress, access_token=result.access_token), user)


def _beyond_the_pool(progress: Progress, user: DirectoryUser, result: auth.SignedIn) -> Outcome:
    """Have somebody who came with one factor set up a second one, or offer it, where the tenant says so."""
    is_asked, may_decline = _asked_for_factor(progress, user)
    if not is_asked:
        return _offer_or_let_in(progress, user, result)
    if may_decline and (offered := offer_passkey(progress, user, result)):
        # One offer at a time: a passkey is the stronger one, and a second factor is in its way.
        return offered
    factors = [
        factor
        for factor in allowed_factors(progress.context)
        # Cognito sends codes to verified addresses alone; and what somebody began with is no second factor.
        if (factor is not SecondFactor.EMAIL or user.email_verified) and _CODE_AMR.get(factor) not in progress.amr
    ]
    if factors == [SecondFactor.TOTP]:
        step = Step.TOTP_OFFER if may_decline else Step.TOTP_SETUP
        return begin_app_setup(progress, step, result.username, result.access_token)
    held = Held(
        access_token=result.access_token.get_secret_value(),
        choices=tuple(factor.value for factor in factors),
        may_decline=may_decline,
    )
    return progress.at_step(Step.FACTOR_OFFER if may_decline else Step.FACTOR_SETUP, result.username, held)


def _asked_for_factor(progress: Progress, user: DirectoryUser) -> tuple[bool, bool]:
    """Say whether somebody who came with one factor is asked to set a second one up, and whether they may decline.

    Who came without a password is offered none: they could not come so any more (developer guide, "Adding MFA to a user
    pool").
    """
    context = progress.context
    match MfaPolicy(context.tenant.policy.mfa):
        case MfaPolicy.REQUIRED:
            return True, False
        case MfaPolicy.OPTIONAL if asks_for_two_factors(context.request.parameters):
            return True, False
        case MfaPolicy.OPTIONAL if AMR_PASSWORD in progress.amr:
            is_offered = not user.has_second_factor and not _declined_lately(user)
            return is_offered, is_offered
        case _:
            return False, False


def _declined_lately(user: DirectoryUser) -> bool:
    return user.totp_declined_at is not None and user.totp_declined_at > timezone.now() - _OFFER_AGAIN
