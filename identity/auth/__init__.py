"""The port that sign-in uses: everything a sign-in page needs from Cognito, typed, in terms of people and factors."""

from identity.auth.accounts import create_user_with_password, set_temporary_password
from identity.auth.errors import (
    AuthError,
    AuthMisconfigured,
    AuthUnavailable,
    CodeMismatch,
    EmailTaken,
    InvalidCredentials,
    PasswordProblem,
    PasswordRejected,
    PasswordResetRequired,
    SessionExpired,
    TemporaryPasswordExpired,
    TooManyAttempts,
    UserDisabled,
)
from identity.auth.federated import (
    FederatedRequest,
    FederatedTokens,
    exchange_code,
    federated_sign_in_url,
    forget_attribute,
)
from identity.auth.outgoing import next_address
from identity.auth.password import answer_new_password, sign_in_with_password
from identity.auth.totp import answer_totp, begin_totp_setup, finish_totp_setup
from identity.auth.types import (
    AppClientRef,
    NewPasswordRequired,
    OtherChallenge,
    SignedIn,
    SignInResult,
    TotpRequired,
    TotpSecret,
    TotpSetupRequired,
)
from identity.cognito.endpoint import CellEndpoint, PoolRef

__all__ = [
    "AppClientRef",
    "AuthError",
    "AuthMisconfigured",
    "AuthUnavailable",
    "CellEndpoint",
    "CodeMismatch",
    "EmailTaken",
    "FederatedRequest",
    "FederatedTokens",
    "InvalidCredentials",
    "NewPasswordRequired",
    "OtherChallenge",
    "PasswordProblem",
    "PasswordRejected",
    "PasswordResetRequired",
    "PoolRef",
    "SessionExpired",
    "SignInResult",
    "SignedIn",
    "TemporaryPasswordExpired",
    "TooManyAttempts",
    "TotpRequired",
    "TotpSecret",
    "TotpSetupRequired",
    "UserDisabled",
    "answer_new_password",
    "answer_totp",
    "begin_totp_setup",
    "create_user_with_password",
    "exchange_code",
    "federated_sign_in_url",
    "finish_totp_setup",
    "forget_attribute",
    "next_address",
    "set_temporary_password",
    "sign_in_with_password",
]
