"""Cognito's errors into those of signing in."""

from collections.abc import Iterator
from contextlib import contextmanager

from identity.auth import errors as auth
from identity.auth.errors import AuthError, PasswordProblem
from identity.cognito import errors as cognito

# Fragments, in lower case, of the messages of InvalidPasswordException and PasswordHistoryPolicyViolationException.
_PASSWORD_MESSAGES: tuple[tuple[str, PasswordProblem], ...] = (
    ("not long enough", PasswordProblem.TOO_SHORT),
    ("uppercase", PasswordProblem.NO_UPPERCASE),
    ("lowercase", PasswordProblem.NO_LOWERCASE),
    ("numeric", PasswordProblem.NO_NUMBER),
    ("symbol", PasswordProblem.NO_SYMBOL),
    ("previously", PasswordProblem.REUSED),
    ("history", PasswordProblem.REUSED),
)


@contextmanager
def auth_errors() -> Iterator[None]:
    """Raise what Cognito refuses inside as an ``AuthError``, chained to its cause."""
    try:
        yield
    except cognito.CognitoError as cause:
        raise as_auth_error(cause) from cause


def as_auth_error(error: cognito.CognitoError) -> AuthError:
    """What ``error`` means to a person who signs in."""
    match error:
        case cognito.Transient():
            return auth.AuthUnavailable(str(error), error.retry_after)
        case cognito.NotAuthorized():
            return _not_authorized(error.message)
        case cognito.UserNotFound() | cognito.UserNotConfirmed():
            return auth.InvalidCredentials("The user name or password is not accepted.")
        case cognito.TooManyAttempts():
            return auth.TooManyAttempts()
        case cognito.CodeMismatch() | cognito.ExpiredCode():
            return auth.CodeMismatch("The code is not accepted.")
        case cognito.SessionInvalid() | cognito.RefreshTokenReused():
            return auth.SessionExpired("The sign-in session is no longer valid.")
        case cognito.PasswordResetRequired():
            return auth.PasswordResetRequired("The password must be reset.")
        case cognito.PasswordPolicyViolation():
            return auth.PasswordRejected(password_problems(error.message))
        case cognito.Terminal():
            return auth.AuthMisconfigured(str(error), reason=error.reason, remedy=error.remedy)
    return auth.AuthUnavailable(str(error))


def password_problems(message: str) -> tuple[PasswordProblem, ...]:
    """The problems that Cognito's message names; ``NOT_ACCEPTED`` where it names none that is known."""
    lowered = message.lower()
    found = tuple(problem for fragment, problem in _PASSWORD_MESSAGES if fragment in lowered)
    return found or (PasswordProblem.NOT_ACCEPTED,)


def _not_authorized(message: str) -> AuthError:
    """NotAuthorizedException has one code for several situations; only its message tells them apart."""
    lowered = message.lower()
    if "disabled" in lowered:
        return auth.UserDisabled("The user is disabled.")
    if "temporary password has expired" in lowered:
        return auth.TemporaryPasswordExpired("The temporary password has expired.")
    if "token" in lowered:
        return auth.SessionExpired("The token is no longer valid.")
    return auth.InvalidCredentials("The user name or password is not accepted.")
