"""What Cognito's refusals mean to a person who signs in."""

import pytest

from identity.auth import errors as auth
from identity.auth.errors import PasswordProblem
from identity.auth.translation import as_auth_error, auth_errors
from identity.cognito import errors as cognito
from identity.cognito.error_rules import refusal_for


def refusal(code: str, message: str) -> cognito.CognitoError:
    return refusal_for(code, message).raised_by("RespondToAuthChallenge", message, code=code)


# The messages are those of AWS, as the Amazon Cognito developer guide and public issue threads quote them.
@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("NotAuthorizedException", "Incorrect username or password.", auth.InvalidCredentials),
        ("NotAuthorizedException", "User is disabled.", auth.UserDisabled),
        (
            "NotAuthorizedException",
            "Temporary password has expired and must be reset by an administrator.",
            auth.TemporaryPasswordExpired,
        ),
        ("NotAuthorizedException", "Password attempts exceeded", auth.TooManyAttempts),
        ("NotAuthorizedException", "Invalid session for the user, session is expired.", auth.SessionExpired),
        ("NotAuthorizedException", "Access Token has been revoked", auth.SessionExpired),
        ("NotAuthorizedException", "Unable to verify secret hash for client c1", auth.AuthMisconfigured),
        ("UserNotFoundException", "User does not exist.", auth.InvalidCredentials),
        ("UserNotConfirmedException", "User is not confirmed.", auth.InvalidCredentials),
        ("PasswordResetRequiredException", "Password reset required for the user", auth.PasswordResetRequired),
        ("CodeMismatchException", "Invalid code received for user", auth.CodeMismatch),
        # What Cognito says of a wrong code that it sent; a session that is over is said to be invalid after that.
        ("CodeMismatchException", "Invalid code or auth state for the user.", auth.CodeMismatch),
        ("EnableSoftwareTokenMFAException", "Code mismatch", auth.CodeMismatch),
        ("ExpiredCodeException", "Your software token has already been used once.", auth.CodeMismatch),
        ("TooManyFailedAttemptsException", "Too many.", auth.TooManyAttempts),
        ("LimitExceededException", "Attempt limit exceeded, please try after some time.", auth.TooManyAttempts),
        ("ResourceNotFoundException", "User pool client c1 does not exist.", auth.AuthMisconfigured),
        ("AccessDeniedException", "User is not authorized to perform: cognito-idp:X", auth.AuthMisconfigured),
        ("UserLambdaValidationException", "PreAuthentication failed with error No.", auth.AuthMisconfigured),
    ],
)
def test_a_refusal(code: str, message: str, expected: type[auth.AuthError]) -> None:
    assert type(as_auth_error(refusal(code, message))) is expected


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("InvalidPasswordException", "Password not long enough", PasswordProblem.TOO_SHORT),
        ("InvalidPasswordException", "Password must have uppercase characters", PasswordProblem.NO_UPPERCASE),
        ("InvalidPasswordException", "Password must have lowercase characters", PasswordProblem.NO_LOWERCASE),
        ("InvalidPasswordException", "Password must have numeric characters", PasswordProblem.NO_NUMBER),
        ("InvalidPasswordException", "Password must have symbol characters", PasswordProblem.NO_SYMBOL),
        ("PasswordHistoryPolicyViolationException", "Password has previously been used", PasswordProblem.REUSED),
        ("InvalidPasswordException", "Something new", PasswordProblem.NOT_ACCEPTED),
    ],
)
def test_a_rejected_password_says_why(code: str, message: str, expected: PasswordProblem) -> None:
    error = as_auth_error(refusal(code, f"Password did not conform with policy: {message}"))
    assert isinstance(error, auth.PasswordRejected)
    assert error.reasons == (expected,)


@pytest.mark.parametrize("kind", [cognito.Transient, cognito.Throttled, cognito.AmbiguousOutcome])
def test_what_passes_says_when_to_come_back(kind: type[cognito.Transient]) -> None:
    error = as_auth_error(kind("Later.", code="X", operation="InitiateAuth", retry_after=3.0))
    assert type(error) is auth.AuthUnavailable
    assert error.retry_after == 3.0


def test_a_misconfiguration_tells_the_operator_what_to_do() -> None:
    error = as_auth_error(refusal("ResourceNotFoundException", "No such client."))
    assert isinstance(error, auth.AuthMisconfigured)
    assert error.reason.endswith(".")
    assert error.remedy.endswith(".")


def test_the_cause_is_chained() -> None:
    cause = refusal("NotAuthorizedException", "Incorrect username or password.")
    with pytest.raises(auth.InvalidCredentials) as raised, auth_errors():
        raise cause
    assert raised.value.__cause__ is cause
    assert "Incorrect" not in str(raised.value)
