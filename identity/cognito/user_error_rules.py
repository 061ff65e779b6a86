"""Rules for refusals that concern what the end user sent, or the state of the end user's account.

Sources as in ``error_rules``.
"""

from collections.abc import Mapping

from identity.cognito import errors
from identity.cognito.refusal import Refusal

_PASSWORD = Refusal(
    errors.PasswordPolicyViolation,
    "The password breaks the password policy.",
    "Choose a password that meets the policy and was not used before.",
)
_FACTOR = Refusal(
    errors.FactorNotFound,
    "The user has no such factor.",
    "Set up the factor first.",
)
_ATTEMPTS = Refusal(
    errors.TooManyAttempts,
    "There were too many failed attempts.",
    "Wait before trying again; the pause doubles with each failure, up to about 15 minutes.",
)
_SESSION = Refusal(
    errors.SessionInvalid,
    "The sign-in session is no longer valid.",
    "Start signing in again.",
)
_WRONG_SECRET = Refusal(
    errors.AccessDenied,
    "The app client's secret does not match.",
    "Synchronize the app client so that its current secret is stored again.",
)

USER_REFUSALS: Mapping[str, Refusal] = {
    "NotAuthorizedException": Refusal(
        errors.NotAuthorized,
        "The user name, password or token is not accepted.",
        "Try again with the right credentials, or have an administrator set a new password.",
    ),
    "PasswordResetRequiredException": Refusal(
        errors.PasswordResetRequired,
        "The password must be reset.",
        "Reset the password, then sign in.",
    ),
    "UserNotConfirmedException": Refusal(
        errors.UserNotConfirmed,
        "The user was never confirmed.",
        "Have an administrator confirm the user.",
    ),
    "CodeMismatchException": Refusal(errors.CodeMismatch, "The code is wrong.", "Enter the code again."),
    # VerifySoftwareToken answers a wrong code with this name.
    "EnableSoftwareTokenMFAException": Refusal(errors.CodeMismatch, "The code is wrong.", "Enter the next code."),
    "ExpiredCodeException": Refusal(errors.ExpiredCode, "The code has expired.", "Ask for a new code."),
    "InvalidPasswordException": _PASSWORD,
    "PasswordHistoryPolicyViolationException": _PASSWORD,
    "TooManyFailedAttemptsException": _ATTEMPTS,
    "MFAMethodNotFoundException": _FACTOR,
    "SoftwareTokenMFANotFoundException": _FACTOR,
    "UnsupportedUserStateException": Refusal(
        errors.UnsupportedUserState,
        "The operation does not fit the user's status.",
        "Look at the user's status; a user who never signed in needs a new invitation instead.",
    ),
    "RefreshTokenReuseException": Refusal(
        errors.RefreshTokenReused,
        "A refresh token was used twice.",
        "Sign in again.",
    ),
    **{
        code: Refusal(errors.InvalidRequest, reason, "Check the passkey settings of the user pool, then try again.")
        for code, reason in {
            "WebAuthnChallengeNotFoundException": "The passkey challenge is unknown or expired.",
            "WebAuthnClientMismatchException": "The passkey challenge belongs to another app client.",
            "WebAuthnConfigurationMissingException": "The user pool has no passkey configuration.",
            "WebAuthnCredentialNotSupportedException": "The passkey uses an algorithm that is not supported.",
            "WebAuthnNotEnabledException": "Passkeys are not enabled in the user pool.",
            "WebAuthnOriginNotAllowedException": "The passkey's origin is not allowed.",
            "WebAuthnRelyingPartyMismatchException": "The passkey belongs to another relying party.",
        }.items()
    },
}

# One code covers several situations that need different treatment, told apart only by AWS's message. Each entry: code,
# a fragment of the message in lower case, the rule. The first that matches wins.
REFINEMENTS: tuple[tuple[str, str, Refusal], ...] = (
    ("NotAuthorizedException", "attempts exceeded", _ATTEMPTS),
    ("NotAuthorizedException", "secret hash", _WRONG_SECRET),
    ("NotAuthorizedException", "secret_hash", _WRONG_SECRET),
    ("NotAuthorizedException", "secrethash", _WRONG_SECRET),
    ("NotAuthorizedException", "invalid session", _SESSION),
    ("NotAuthorizedException", "session is expired", _SESSION),
    ("CodeMismatchException", "invalid session", _SESSION),
    ("LimitExceededException", "attempt limit exceeded", _ATTEMPTS),
)
