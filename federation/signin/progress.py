"""How far a sign-in is within the request that moves it, and what is told when it ends there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from pydantic import SecretStr

from federation.auth_reasons import is_limit, needs_line, reason_of
from federation.levels import AMR_PASSWORD
from federation.models import AuthOutcome, AuthWay, SignInAttempt, Step
from federation.passwords import PasswordNotUsed, require_passwords
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import Held, give_turn_back, move_on, open_attempt
from federation.services.auth_events import record_failure, way_of
from federation.services.remembered_browsers import Remembering
from federation.services.sessions import SignedOutMeanwhile
from federation.signin.cognito import TenantMismatch
from federation.signin.context import Context, Refused
from identity import auth
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.token_keys import KeysUnavailable

_WAYS_OF_STEPS = {
    Step.NEW_PASSWORD: AuthWay.NEW_PASSWORD,
    Step.TOTP: AuthWay.TOTP,
    Step.TOTP_SETUP: AuthWay.TOTP,
    Step.TOTP_OFFER: AuthWay.TOTP,
    Step.OWN_CODE: AuthWay.TOTP,
    Step.OWN_SETUP: AuthWay.TOTP,
    Step.OWN_KEY: AuthWay.KEY,
    Step.OWN_KEY_SETUP: AuthWay.KEY,
    Step.EMAIL_CODE: AuthWay.SECOND_CODE,
    Step.EMAIL_SETUP: AuthWay.SECOND_CODE,
    Step.SMS_CODE: AuthWay.SECOND_CODE,
    Step.SMS_SETUP: AuthWay.SECOND_CODE,
}
# At which a second factor of Cognito's is set up.
_SETUPS = (
    Step.TOTP_SETUP,
    Step.TOTP_OFFER,
    Step.FACTOR_SETUP,
    Step.FACTOR_OFFER,
    Step.PHONE_SETUP,
    Step.EMAIL_SETUP,
    Step.SMS_SETUP,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign-in within the request that moves it: who, how far, and the attempt where there is one already."""

    context: Context
    client: AppClient
    user: DirectoryUser | None
    amr: list[str]
    attempt: SignInAttempt | None = None
    enrolled: bool = False
    # Cognito's, once it has let the person in.
    access_token: SecretStr | None = None
    # That this browser spares them the second factor for a while.
    remembering: Remembering | None = None
    # By what it is tried, where neither the step nor what was proved says so.
    way: AuthWay | None = None
    # When the first of its proofs was given, at the latest.
    proved_at: datetime = field(default_factory=timezone.now)

    def at_step(self, step: Step, username: str, held: Held) -> SignInAttempt:
        """Keep where the sign-in is now."""
        if self.attempt is not None:
            move_on(self.attempt, step=step, username=username, held=held, amr=self.amr)
            return self.attempt
        if self.user is None:
            # Cognito went on for a name that no user of ours has; it cannot be a person of this tenant.
            raise TenantMismatch("not a user of the directory")
        context = self.context
        return open_attempt(
            context.tenant, context.request, self.user, step=step, username=username, held=held, amr=self.amr
        )


def recheck(progress: Progress) -> DirectoryUser:
    """Read the user once more: setting an app up takes minutes, in which they may have been disabled.

    Raises:
        TenantMismatch: they are not active any more.
    """
    user = progress.user
    if user is None or not DirectoryUser.objects.filter(pk=user.pk, status=UserStatus.ACTIVE).exists():
        raise TenantMismatch("the user is not active")
    return user


def resume(context: Context, attempt: SignInAttempt) -> Progress:
    """Return where a sign-in goes on of which a step was kept.

    Raises:
        NotReady: Cognito does not have the tenant's app client.
    """
    return Progress(context, context.client(), attempt.user, list(attempt.amr), attempt, proved_at=attempt.created_at)


@contextmanager
def refusals(progress: Progress, *, declines: bool = False) -> Iterator[None]:
    """Turn what must not be told apart into `Refused`, and keep the true reason (`AuthEvent`).

    Nothing is done in it for who began with a password where none is used any more.

    Args:
        progress: how far the sign-in is.
        declines: whether the person goes on without the second factor that they were asked to set up.
    """
    try:
        if progress.attempt is not None:
            _require_still_wanted(progress, progress.attempt, declines=declines)
        yield
    except (
        auth.TemporaryPasswordExpired,
        auth.PasswordResetRequired,
        auth.SessionExpired,
        auth.AuthUnavailable,
        PasswordNotUsed,
        SignedOutMeanwhile,
    ) as error:
        _record(progress, error)
        raise
    except (TenantMismatch, auth.InvalidCredentials) as error:
        _record(progress, error)
        raise Refused from error
    except (LimitReached, auth.TooManyAttempts, auth.CodeMismatch, auth.PasswordRejected) as error:
        _record(progress, error)
        if progress.attempt is not None and not isinstance(error, auth.TooManyAttempts):
            give_turn_back(progress.attempt)
        raise
    except KeysUnavailable as error:
        _record(progress, error)
        raise auth.AuthUnavailable("The pool's keys cannot be fetched.") from error


def _require_still_wanted(progress: Progress, attempt: SignInAttempt, *, declines: bool) -> None:
    """Go on only with what the tenant's policy still has a use for.

    A second factor would keep its owner out once passwords are given up, since Cognito sends them no code then. So none
    is set up from that change on, also while passwords are taken until the codes are there.

    Raises:
        PasswordNotUsed: it has none.
    """
    tenant = progress.context.tenant
    if attempt.step in _SETUPS and not declines and not tenant.policy.password_allowed:
        raise PasswordNotUsed
    if AMR_PASSWORD in progress.amr:
        require_passwords(tenant)


def _record(progress: Progress, error: Exception) -> None:
    if not needs_line(error):
        return
    context, user = progress.context, progress.user
    reason, detail = reason_of(error, is_known=user is not None)
    record_failure(
        context.tenant,
        _way_of(progress),
        visitor=context.visitor,
        reason=reason,
        detail=detail,
        outcome=AuthOutcome.LIMITED if is_limit(error) else AuthOutcome.FAILED,
        user=user,
        application=context.request.application,
        known_device=user is not None and bool(context.caller(user.email).device),
    )


def _way_of(progress: Progress) -> AuthWay:
    step = _WAYS_OF_STEPS.get(Step(progress.attempt.step)) if progress.attempt is not None else None
    return progress.way or step or way_of(progress.amr)
