"""A person's own password, changed by their own access token."""

from pydantic import SecretStr

from identity.auth.errors import PasswordProblem, PasswordRejected
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef
from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.gate import call


def change_password(client: AppClientRef, access_token: SecretStr, present: str, wanted: str) -> None:
    """Replace the present password.

    Raises:
        InvalidCredentials: the present password is not right; Cognito counts such tries towards its lock.
        PasswordRejected: the wanted one breaks the pool's policy.
        TooManyAttempts: Cognito refuses more tries for a while.
        SessionExpired: the access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    request = {
        "AccessToken": access_token.get_secret_value(),
        "PreviousPassword": present,
        "ProposedPassword": wanted,
    }
    with auth_errors():
        try:
            call(client.endpoint, "ChangePassword", request, priority=Priority.SIGN_IN, pool_id=client.pool_id)
        except errors.InvalidRequest as cause:
            # Spaces at either end fail the API's own pattern, as in `accounts`.
            raise PasswordRejected((PasswordProblem.NOT_ACCEPTED,)) from cause
