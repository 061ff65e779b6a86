"""What can go wrong when talking to Cognito, in our own words.

``Transient`` says that trying again helps, ``Terminal`` that somebody has to do something first, and what. Which AWS
error becomes which of these is data in ``error_rules``.
"""


def _restored(kind: "type[CognitoError]", args: tuple[object, ...], state: dict[str, object]) -> "CognitoError":
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class CognitoError(Exception):
    """A call to Cognito that did not succeed.

    Attributes:
        code: the error code that AWS sent, or the name of the failure underneath when there was no answer.
        message: what AWS said, for operators; it may name resources and is not for end users.
        request_id: AWS's request id, for a support case; ``None`` when there was no answer.
        operation: the API operation, for example ``CreateUserPool``.
    """

    def __init__(self, message: str, *, code: str, operation: str, request_id: str | None = None) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code
        self.message = message
        self.operation = operation
        self.request_id = request_id

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state: Celery hands a task's error from the child process to its parent pickled."""
        return _restored, (type(self), self.args, self.__dict__)


class Transient(CognitoError):
    """The same call may succeed later.

    ``retry_after`` is in seconds; ``None`` leaves the pause to the caller's own back-off.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        operation: str,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code, operation=operation, request_id=request_id)
        self.retry_after = retry_after


class Throttled(Transient):
    """A request-rate quota is used up."""


class BudgetSpent(Throttled):
    """Nothing was sent: Lifeguard's own rate budget has no room for a call of this priority soon enough.

    ``retry_after`` is exact, so that nobody need back off further than it says.
    """

    def __init__(self, category: str, operation: str, retry_after: float) -> None:
        message = f"The rate budget of {category} is used up for the next {retry_after:.1f} s."
        super().__init__(message, code="BudgetSpent", operation=operation, retry_after=retry_after)


class ConcurrentModification(Transient):
    """Somebody else is changing the same resource; AWS changed nothing."""


class ImportRunning(Transient):
    """Users are being imported into the pool, which takes minutes to hours; until then its settings stand still."""


class AmbiguousOutcome(Transient):
    """A write whose answer was lost: it may have been applied. Look before repeating it."""


class Terminal(CognitoError):
    """Repeating the call unchanged cannot help.

    Attributes:
        reason: what is wrong, as a sentence.
        remedy: what a person can do about it, as a sentence.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        operation: str,
        reason: str,
        remedy: str,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, code=code, operation=operation, request_id=request_id)
        self.reason = reason
        self.remedy = remedy


class InvalidRequest(Terminal):
    """Cognito refuses the values that were sent."""


class AccessDenied(Terminal):
    """Our AWS credentials are missing, wrong or not allowed to do this."""


class NotFound(Terminal):
    """The pool, client or other resource does not exist."""


class UserNotFound(NotFound):
    """The user does not exist in the pool."""


class AlreadyExists(Terminal):
    """Something with this name or alias exists already."""


class QuotaReached(Terminal):
    """A limit on the number of resources, or an hourly cap, is used up."""


class FeatureUnavailableInTier(Terminal):
    """The pool's feature plan does not include this."""


class OperationNotEnabled(Terminal):
    """The pool's configuration, or its being a replica, forbids the operation."""


class TriggerFailed(Terminal):
    """A Lambda trigger of the pool refused or failed."""


class BlockedByFirewall(Terminal):
    """AWS WAF refused the request."""


class UnsupportedByEndpoint(Terminal):
    """The endpoint does not know the operation. AWS knows all of them; an emulator may not."""


class Rejected(Terminal):
    """An answer that has no rule of its own."""


class UserError(Terminal):
    """The refusal concerns what the end user sent or the state of the end user's account."""


class NotAuthorized(UserError):
    """Wrong password, disabled user, or a token or secret that is not accepted; ``message`` tells them apart."""


class SessionInvalid(UserError):
    """The challenge session is unknown, used up or expired."""


class PasswordResetRequired(UserError):
    """The user must reset the password before signing in."""


class UserNotConfirmed(UserError):
    """The user was never confirmed."""


class CodeMismatch(UserError):
    """The code is wrong."""


class ExpiredCode(UserError):
    """The code is too old."""


class PasswordPolicyViolation(UserError):
    """The new password breaks the pool's password policy or history rule."""


class TooManyAttempts(UserError):
    """Too many failed attempts; Cognito refuses more for a while."""


class FactorNotFound(UserError):
    """The user has no such MFA method."""


class UnsupportedUserState(UserError):
    """The operation does not fit the user's status."""


class RefreshTokenReused(UserError):
    """A rotated refresh token was used again."""
