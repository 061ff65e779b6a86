"""The flow of a sign-in: what each answer of the person leads to. No HTTP here; `views` render what comes out."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from pydantic import SecretStr

from federation.levels import AMR_MULTI_FACTOR, AMR_PASSWORD, AMR_TOTP
from federation.models import SignInAttempt, Step
from federation.provider.prompt import asks_for_two_factors
from federation.services.attempt_limits import CODE, PASSWORD, tried
from federation.services.attempts import Held, close_attempt, held_by, move_on, spend_code_try
from federation.services.sessions import Begun, begin_session
from federation.signin.cognito import TenantMismatch, check_tenant, client_ref, decoy_username
from federation.signin.context import Context
from federation.signin.progress import Progress, recheck, refusals, resume
from identity import auth
from identity.models import DirectoryUser, UserStatus
from tenants.models import MfaPolicy, Tenant

_SECOND_FACTOR = [AMR_TOTP, AMR_MULTI_FACTOR]
# How long somebody who said "not now" is left alone.
_OFFER_AGAIN = timedelta(days=30)

# The person is in, or has something more to do.
Outcome = Begun | SignInAttempt


def answer_password(context: Context, email: str, password: str) -> Outcome:
    """Sign in with a password.

    Raises:
        Refused: wrong password, unknown address, or a user who may not: one answer for all.
        LimitReached: too many failed; one answer for all, again.
        NotReady, auth.AuthError: see `auth.sign_in_with_password`.
    """
    client = context.client()
    email = email.strip().lower()
    user = _user_of(context.tenant, email)
    username = user.username if user else decoy_username(context.tenant, email)
    progress = Progress(context, client, user, [AMR_PASSWORD])
    with refusals(progress):
        with tried(PASSWORD, context.tenant, email, context.caller(email), not_theirs=auth.AuthUnavailable):
            result = auth.sign_in_with_password(client_ref(client), username, password)
        return _advance(progress, result)


def answer_new_password(context: Context, attempt: SignInAttempt, password: str) -> Outcome:
    """Replace a temporary password. The attempt's turn must be taken.

    Raises:
        auth.PasswordRejected: the person may choose another one; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = resume(context, attempt)
    held = held_by(attempt)
    with refusals(progress):
        result = auth.answer_new_password(
            client_ref(progress.client), attempt.username, held.session, password, _attributes(held, attempt.user)
        )
        return _advance(progress, result)


def answer_totp(context: Context, attempt: SignInAttempt, code: str) -> Outcome:
    """Answer with a code from the authenticator app. The attempt's turn must be taken.

    Raises:
        auth.CodeMismatch: the person may enter another one; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        caller = context.caller(attempt.user.email)
        with tried(CODE, context.tenant, str(attempt.user_id), caller, not_theirs=auth.AuthUnavailable):
            spend_code_try(attempt)
            result = auth.answer_totp(client_ref(progress.client), attempt.username, held_by(attempt).session, code)
        return _advance(replace(progress, amr=[*progress.amr, *_SECOND_FACTOR]), result)


def finish_totp_setup(context: Context, attempt: SignInAttempt, code: str) -> Outcome:
    """Prove that the authenticator app was set up. The attempt's turn must be taken.

    Raises: as `answer_totp`.
    """
    progress = resume(context, attempt)
    held, client = held_by(attempt), client_ref(progress.client)
    enrolled = replace(progress, amr=[*progress.amr, *_SECOND_FACTOR], enrolled=True)
    device = context.tenant.branding.display_name
    with refusals(progress):
        if held.access_token:
            token = SecretStr(held.access_token)
            auth.finish_totp_setup(client, attempt.username, access_token=token, code=code, device_name=device)
            return _let_in(replace(enrolled, access_token=token), recheck(enrolled))
        result = auth.finish_totp_setup(client, attempt.username, session=held.session, code=code, device_name=device)
        return _advance(enrolled, result)


def decline_totp(context: Context, attempt: SignInAttempt) -> Outcome:
    """Go on without an authenticator app, which the tenant leaves to its users. The attempt's turn must be taken.

    Raises:
        Refused: the user may not sign in any more.
    """
    progress = resume(context, attempt)
    with refusals(progress):
        user = recheck(progress)
        if context.tenant.policy.mfa == MfaPolicy.REQUIRED:
            # It was left to them when the page was shown; it is not any more.
            move_on(attempt, step=Step.TOTP_SETUP, username=attempt.username, held=held_by(attempt), amr=progress.amr)
            return attempt
        DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=timezone.now())
        token = held_by(attempt).access_token
        return _let_in(replace(progress, access_token=SecretStr(token) if token else None), user)


def _advance(progress: Progress, result: auth.SignInResult) -> Outcome:
    match result:
        case auth.SignedIn():
            return _signed_in(progress, result)
        case auth.NewPasswordRequired():
            held = Held(session=result.session, missing_attributes=result.missing_attributes)
            return progress.at_step(Step.NEW_PASSWORD, result.username, held)
        case auth.TotpRequired():
            return progress.at_step(Step.TOTP, result.username, Held(session=result.session))
        case auth.TotpSetupRequired():
            secret = auth.begin_totp_setup(client_ref(progress.client), session=result.session)
            held = Held(session=secret.session or "", totp_secret=secret.secret.get_secret_value())
            return progress.at_step(Step.TOTP_SETUP, result.username, held)
        case auth.OtherChallenge():
            raise TenantMismatch(f"Cognito asks for {result.name}, which is not offered here")


def _signed_in(progress: Progress, result: auth.SignedIn) -> Outcome:
    """Let in whom Cognito let in, after the tenant check, and after what the tenant asks beyond its pool."""
    user = check_tenant(progress.context.tenant, progress.client, result)
    if progress.user is None or progress.user.pk != user.pk:
        raise TenantMismatch("another user than the one who began")
    step = None if AMR_MULTI_FACTOR in progress.amr else _factor_step(progress.context, user)
    if step is None:
        return _let_in(replace(progress, access_token=result.access_token), user)
    secret = auth.begin_totp_setup(client_ref(progress.client), access_token=result.access_token)
    held = Held(access_token=result.access_token.get_secret_value(), totp_secret=secret.secret.get_secret_value())
    return progress.at_step(step, result.username, held)


def _factor_step(context: Context, user: DirectoryUser) -> Step | None:
    """Say whether somebody who came with one factor must set a second one up, may, or is not asked."""
    match MfaPolicy(context.tenant.policy.mfa):
        case MfaPolicy.REQUIRED:
            return Step.TOTP_SETUP
        case MfaPolicy.OPTIONAL if asks_for_two_factors(context.request.parameters):
            return Step.TOTP_SETUP
        case MfaPolicy.OPTIONAL if not user.has_totp and not _declined_lately(user):
            return Step.TOTP_OFFER
        case _:
            return None


def _declined_lately(user: DirectoryUser) -> bool:
    return user.totp_declined_at is not None and user.totp_declined_at > timezone.now() - _OFFER_AGAIN


def _let_in(progress: Progress, user: DirectoryUser) -> Begun:
    context = progress.context
    if progress.attempt is not None:
        close_attempt(progress.attempt)
    return begin_session(
        user,
        context.request,
        amr=progress.amr,
        enrolled=progress.enrolled,
        previous=context.previous,
        visitor=context.visitor,
        access_token=progress.access_token,
    )


def _user_of(tenant: Tenant, email: str) -> DirectoryUser | None:
    return (
        DirectoryUser.objects.select_related("tenant")
        .filter(tenant=tenant, email=email)
        .exclude(status=UserStatus.DELETING)
        .first()
    )


def _attributes(held: Held, user: DirectoryUser) -> dict[str, str]:
    """What Cognito wants beside a new password, from the directory: the person is not asked for what we know."""
    known = {"email": user.email, "name": user.name or user.email}
    return {name: known[name] for name in held.missing_attributes if name in known}
