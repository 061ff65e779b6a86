"""What can go wrong when a person signs in, in words that a page can act on."""

from enum import StrEnum


class AuthError(Exception):
    """A sign-in, or a change to how a person signs in, that did not succeed."""


class InvalidCredentials(AuthError):
    """Wrong user name or password, or no such user: which, is deliberately not told.

    Subclasses say more for the audit log. A page must show the same words for all but ``TemporaryPasswordExpired``.
    """


class UserDisabled(InvalidCredentials):
    """The user was disabled by an administrator."""


class TemporaryPasswordExpired(InvalidCredentials):
    """The temporary password is too old; an administrator must set a new one."""


class TooManyAttempts(AuthError):
    """Cognito refuses further attempts for a while; ``retry_after`` in seconds, ``None`` where Cognito does not say."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("Too many attempts.")
        self.retry_after = retry_after


class CodeMismatch(AuthError):
    """The code is wrong or too old; the person may enter another."""


class SessionExpired(AuthError):
    """The sign-in took too long, or its session or token was used up: start again."""


class PasswordProblem(StrEnum):
    """One way in which a new password breaks the pool's policy."""

    TOO_SHORT = "too_short"
    NO_UPPERCASE = "no_uppercase"
    NO_LOWERCASE = "no_lowercase"
    NO_NUMBER = "no_number"
    NO_SYMBOL = "no_symbol"
    REUSED = "reused"
    NOT_ACCEPTED = "not_accepted"


class PasswordRejected(AuthError):
    """The new password breaks the pool's policy; Cognito names the first problem it finds."""

    def __init__(self, reasons: tuple[PasswordProblem, ...]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class PasswordResetRequired(AuthError):
    """An administrator asked for a new password; the present one is not accepted."""


class ResetRefused(AuthError):
    """Cognito mails this user no code for a new password; another way has to be found."""


class EmailTaken(AuthError):
    """Another user of the pool signs in with this e-mail address."""


class AuthUnavailable(AuthError):
    """Cognito cannot be reached, is throttled or failed; ``retry_after`` in seconds, ``None`` where it is not known."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AuthMisconfigured(AuthUnavailable):
    """Signing in cannot work until an operator acts: a missing client, a wrong secret, missing AWS permission.

    Attributes:
        reason: what is wrong, as a sentence for operators.
        remedy: what an operator can do about it.
    """

    def __init__(self, message: str, *, reason: str, remedy: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.remedy = remedy
