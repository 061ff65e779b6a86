"""How far a sign-in is within the request that moves it, and what is told when it ends there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from federation.models import SignInAttempt, Step
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import Held, give_turn_back, move_on, open_attempt
from federation.services.sessions import record_refusal
from federation.signin.cognito import TenantMismatch
from federation.signin.context import Context, Refused
from identity import auth
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.token_keys import KeysUnavailable


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
    return Progress(context, context.client(), attempt.user, list(attempt.amr), attempt)


@contextmanager
def refusals(progress: Progress) -> Iterator[None]:
    """Turn what must not be told apart into `Refused`, with the true reason in the audit log."""
    try:
        yield
    except TenantMismatch as error:
        _record(progress, error.reason)
        raise Refused from error
    except auth.TemporaryPasswordExpired:
        _record(progress, "temporary password expired")
        raise
    except auth.InvalidCredentials as error:
        disabled = isinstance(error, auth.UserDisabled)
        _record(progress, "disabled in Cognito" if disabled else "wrong password or unknown user")
        raise Refused from error
    except (LimitReached, auth.TooManyAttempts) as error:
        _note_limit(progress, error)
        raise
    except (auth.CodeMismatch, auth.PasswordRejected) as error:
        _record(progress, "wrong code" if isinstance(error, auth.CodeMismatch) else "new password not accepted")
        if progress.attempt is not None:
            give_turn_back(progress.attempt)
        raise
    except KeysUnavailable as error:
        raise auth.AuthUnavailable("The pool's keys cannot be fetched.") from error


def _note_limit(progress: Progress, error: LimitReached | auth.TooManyAttempts) -> None:
    if isinstance(error, auth.TooManyAttempts):
        _record(progress, "locked after too many attempts")
        return
    if error.first:
        # Once a window: a flood of tries must not become a flood of rows.
        _record(progress, f"too many failed attempts ({error.by})")
    if progress.attempt is not None:
        give_turn_back(progress.attempt)


def _record(progress: Progress, reason: str) -> None:
    context = progress.context
    record_refusal(
        context.tenant,
        user=progress.user,
        reason=reason,
        application=context.request.application,
        visitor=context.visitor,
    )
