"""The flow of a sign-in: what each answer of the person leads to. No HTTP here; `views` render what comes out."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from federation.levels import AMR_MULTI_FACTOR, AMR_PASSWORD, AMR_TOTP
from federation.models import SignInAttempt, Step
from federation.passwords import require_passwords
from federation.services.app_names import keep_app_name
from federation.services.attempt_limits import CODE, PASSWORD, tried
from federation.services.attempts import Held, held_by, move_on, require_room_for_code, spend_code_try
from federation.services.security_notices import NoticeKind, owe_notice
from federation.signin.advancing import Outcome, advance, let_in
from federation.signin.cognito import client_ref, decoy_username
from federation.signin.context import Context
from federation.signin.people import user_of
from federation.signin.progress import Progress, recheck, refusals, resume
from federation.signin.remembering import note_answer, remembered_here
from federation.visitor import as_user
from identity import auth
from identity.models import DirectoryUser
from identity.services.factors import note_factor
from identity.services.invitations import withdraw_open_invitations
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy

_SECOND_FACTOR = [AMR_TOTP, AMR_MULTI_FACTOR]


def answer_password(context: Context, email: str, password: str) -> Outcome:
    """Sign in with a password.

    Raises:
        Refused: wrong password, unknown address, or a user who may not: one answer for all.
        PasswordNotUsed: the tenant does without, whoever it is.
        LimitReached: too many failed; one answer for all, again.
        NotReady, auth.AuthError: see `auth.sign_in_with_password`.
    """
    client = context.client()
    email = email.strip().lower()
    user = user_of(context.tenant, email)
    username = user.username if user else decoy_username(context.tenant, email)
    progress = Progress(context, client, user, [AMR_PASSWORD])
    with refusals(progress):
        with tried(PASSWORD, context.tenant, email, context.caller(email), not_theirs=auth.AuthUnavailable):
            require_passwords(context.tenant)
            if user is not None:
                require_room_for_code(user)
            remembered = remembered_here(context, email)
            device = remembered.device if remembered is not None else None
            result = auth.sign_in_with_password(client_ref(client), username, password, device=device)
        note_answer(remembered, result)
        return advance(progress, result)


def answer_new_password(context: Context, attempt: SignInAttempt, password: str) -> Outcome:
    """Replace a temporary password. The attempt's turn must be taken.

    Raises:
        auth.PasswordRejected: the person may choose another one; the turn was given back.
        Refused, auth.AuthError: the sign-in begins again.
    """
    progress = resume(context, attempt)
    held = held_by(attempt)
    with refusals(progress):
        require_passwords(context.tenant)
        result = auth.answer_new_password(
            client_ref(progress.client), attempt.username, held.session, password, _attributes(held, attempt.user)
        )
        # A link to choose a password must not outlive the choice of one.
        withdraw_open_invitations(attempt.user)
        return advance(progress, result)


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
        return advance(replace(progress, amr=[*progress.amr, *_SECOND_FACTOR]), result)


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
            _note_app(context, attempt.user)
            return let_in(replace(enrolled, access_token=token), recheck(enrolled))
        result = auth.finish_totp_setup(client, attempt.username, session=held.session, code=code, device_name=device)
        _note_app(context, attempt.user)
        return advance(enrolled, result)


def decline_factor(context: Context, attempt: SignInAttempt) -> Outcome:
    """Go on without a second factor, which the tenant leaves to its users. The attempt's turn must be taken.

    Raises:
        Refused: the user may not sign in any more.
    """
    progress = resume(context, attempt)
    with refusals(progress, declines=True):
        user = recheck(progress)
        if context.tenant.policy.mfa == MfaPolicy.REQUIRED:
            # It was left to them when the page was shown; it is not any more.
            step = Step.FACTOR_SETUP if attempt.step == Step.FACTOR_OFFER else Step.TOTP_SETUP
            move_on(attempt, step=step, username=attempt.username, held=held_by(attempt), amr=progress.amr)
            return attempt
        DirectoryUser.objects.filter(pk=user.pk).update(totp_declined_at=timezone.now())
        token = held_by(attempt).access_token
        return let_in(replace(progress, access_token=SecretStr(token) if token else None), user)


@transaction.atomic
def _note_app(context: Context, user: DirectoryUser) -> None:
    """Keep that a user has an authenticator app now, and have them told; the log has it with the session."""
    note_factor(user, SecondFactor.TOTP)
    # That of an app before, which was removed past us, is not its name.
    keep_app_name(user, "")
    owe_notice(NoticeKind.AUTHENTICATOR_ADDED, user, actor=as_user(context.visitor, user))


def _attributes(held: Held, user: DirectoryUser) -> dict[str, str]:
    """What Cognito wants beside a new password, from the directory: the person is not asked for what we know."""
    known = {"email": user.email, "name": user.name or user.email}
    return {name: known[name] for name in held.missing_attributes if name in known}
