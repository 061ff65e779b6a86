"""The second factor from an authenticator app: asking for it, and setting it up."""

from typing import Any, overload

from pydantic import SecretStr

from identity.auth.challenges import respond
from identity.auth.errors import CodeMismatch
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef, SignInResult, TotpSecret
from identity.cognito.calls import Priority
from identity.cognito.gate import call


def answer_totp(client: AppClientRef, username: str, session: str, code: str) -> SignInResult:
    """Answer ``TotpRequired`` with a code.

    Raises:
        CodeMismatch: the code is wrong.
        SessionExpired: the sign-in must begin again.
        TooManyAttempts: Cognito refuses more attempts for a while.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        return respond(client, "SOFTWARE_TOKEN_MFA", username, {"SOFTWARE_TOKEN_MFA_CODE": code}, session=session)


@overload
def begin_totp_setup(client: AppClientRef, *, session: str) -> TotpSecret: ...
@overload
def begin_totp_setup(client: AppClientRef, *, access_token: SecretStr) -> TotpSecret: ...
def begin_totp_setup(
    client: AppClientRef, *, session: str | None = None, access_token: SecretStr | None = None
) -> TotpSecret:
    """Ask Cognito for a new TOTP secret, for a person at sign-in (``session`` of ``TotpSetupRequired``) or signed in.

    Raises:
        SessionExpired: the session or access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        answer = _call(client, "AssociateSoftwareToken", _proof(session, access_token))
    return TotpSecret(SecretStr(answer["SecretCode"]), answer.get("Session"))


@overload
def finish_totp_setup(
    client: AppClientRef, username: str, *, session: str, code: str, device_name: str
) -> SignInResult: ...
@overload
def finish_totp_setup(
    client: AppClientRef, username: str, *, access_token: SecretStr, code: str, device_name: str
) -> None: ...
def finish_totp_setup(
    client: AppClientRef,
    username: str,
    *,
    code: str,
    device_name: str,
    session: str | None = None,
    access_token: SecretStr | None = None,
) -> SignInResult | None:
    """Prove the new secret with a code, after which it is the person's second factor.

    Arguments:
        session: of ``TotpSecret``, during sign-in; the sign-in then goes on and its next result is returned.
        access_token: instead, for a person who is signed in; TOTP becomes the preferred factor.
        device_name: what to call the authenticator, for example ``Lifeguard``.

    Raises:
        CodeMismatch: the code is wrong.
        SessionExpired: the session or access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    proof = _proof(session, access_token)
    with auth_errors():
        answer = _call(client, "VerifySoftwareToken", {**proof, "UserCode": code, "FriendlyDeviceName": device_name})
        if answer["Status"] != "SUCCESS":
            raise CodeMismatch("The code is not accepted.")
        if access_token is None:
            return respond(client, "MFA_SETUP", username, {}, session=answer["Session"])
        _call(
            client,
            "SetUserMFAPreference",
            {**proof, "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}},
        )
        return None


def _call(client: AppClientRef, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    return call(client.endpoint, operation, request, priority=Priority.SIGN_IN, pool_id=client.pool_id)


def _proof(session: str | None, access_token: SecretStr | None) -> dict[str, Any]:
    """Who asks: a sign-in under way, or a person signed in."""
    if session is not None and access_token is None:
        return {"Session": session}
    if access_token is not None and session is None:
        return {"AccessToken": access_token.get_secret_value()}
    raise TypeError("Give either session or access_token.")
