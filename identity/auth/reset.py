"""A new password by a code that Cognito mails, for whoever forgot theirs or was told to choose another."""

from typing import Any

from identity.auth.errors import PasswordProblem, PasswordRejected, ResetRefused
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef, factors_named
from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call
from identity.cognito.secret_hash import secret_hash
from tenants.factors import SecondFactor

_PRIORITY = Priority.SIGN_IN


def send_reset_code(client: AppClientRef, username: str) -> None:
    """Have Cognito mail a code, which is good for an hour. One that was mailed before is good no more.

    For somebody who does not exist Cognito does as if (PreventUserExistenceErrors).

    Raises:
        ResetRefused: the user has no password of their own yet, no verified address, a second factor by the same
            channel, or their pool leaves it to administrators; Cognito's words do not tell these apart for sure.
        TooManyAttempts: a few mails an hour are all that Cognito sends.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        try:
            _call(client, "ForgotPassword", username, {})
        except (errors.NotAuthorized, errors.InvalidRequest, errors.UnsupportedUserState) as cause:
            raise ResetRefused(cause.message) from cause


def confirm_reset(client: AppClientRef, username: str, code: str, password: str) -> None:
    """Set a new password with the mailed code.

    Raises:
        CodeMismatch: the code is wrong or too old, or nobody was mailed one.
        InvalidCredentials: the user may not.
        PasswordRejected: the new password breaks the pool's policy; the code is still good.
        TooManyAttempts: too many wrong codes.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        try:
            _call(client, "ConfirmForgotPassword", username, {"ConfirmationCode": code, "Password": password})
        except errors.InvalidRequest as cause:
            # The code is digits by then, so that it is the password that fails the API's own pattern.
            raise PasswordRejected((PasswordProblem.NOT_ACCEPTED,)) from cause


def has_temporary_password(pool: PoolRef, username: str) -> bool:
    """Say whether a user was only ever given a password to be replaced, which Cognito resets by no code.

    Raises:
        AuthUnavailable: Cognito cannot answer now.
    """
    with auth_errors():
        user = users.find_user(pool, username, priority=_PRIORITY)
    return user is not None and user.status == users.UserStatus.FORCE_CHANGE_PASSWORD


def lacks_password(pool: PoolRef, username: str) -> bool:
    """Say whether a user has no lasting password that counts, for want of which Cognito sends them no code.

    They were given a temporary one, or an administrator of the pool had theirs reset.

    Raises:
        AuthUnavailable: Cognito cannot answer now.
    """
    with auth_errors():
        user = users.find_user(pool, username, priority=_PRIORITY)
    lacking = {users.UserStatus.FORCE_CHANGE_PASSWORD, users.UserStatus.RESET_REQUIRED}
    return user is not None and user.status in lacking


def second_factors_of(pool: PoolRef, username: str) -> frozenset[SecondFactor]:
    """Return a user's second factors, none for somebody who is not there. Only for who is just signing in.

    It is AdminGetUser that tells them, which has AWS bill the user as active for the month.

    Raises:
        AuthUnavailable: Cognito cannot answer now.
    """
    with auth_errors():
        try:
            user = users.get_user(pool, username, priority=_PRIORITY)
        except errors.NotFound:
            return frozenset()
    return factors_named(user.factors or ())


def remove_second_factors(pool: PoolRef, username: str) -> None:
    """Take a user's second factors away, so that one is set up anew; repeatable.

    Raises:
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        users.reset_factors(pool, username, priority=_PRIORITY)


def _call(client: AppClientRef, operation: str, username: str, more: dict[str, Any]) -> None:
    proof = secret_hash(username, client.client_id, client.client_secret.get_secret_value())
    request = {"ClientId": client.client_id, "Username": username, "SecretHash": proof, **more}
    call(client.endpoint, operation, request, priority=_PRIORITY, pool_id=client.pool_id)
