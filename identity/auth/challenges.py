"""One step of a sign-in: ask Cognito, and read what it wants next."""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from pydantic import SecretStr

from identity.auth.types import (
    FACTOR_NAMES,
    AppClientRef,
    CodeRequired,
    FactorChoice,
    NewDevice,
    NewPasswordRequired,
    OtherChallenge,
    SignedIn,
    SignInResult,
    TotpRequired,
    TotpSetupRequired,
)
from identity.cognito.calls import Priority
from identity.cognito.gate import call
from identity.cognito.secret_hash import secret_hash


def initiate(client: AppClientRef, flow: str, username: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Begin a sign-in by ``flow`` and return Cognito's answer."""
    request = {
        "ClientId": client.client_id,
        "AuthFlow": flow,
        "AuthParameters": _with_user(client, username, parameters),
    }
    return call(client.endpoint, "InitiateAuth", request, priority=Priority.SIGN_IN, pool_id=client.pool_id)


def respond(
    client: AppClientRef, challenge: str, username: str, responses: Mapping[str, str], *, session: str | None
) -> SignInResult:
    """Answer ``challenge`` and read what comes next."""
    return read_answer(answer_to(client, challenge, username, responses, session=session), username)


def answer_to(
    client: AppClientRef, challenge: str, username: str, responses: Mapping[str, str], *, session: str | None
) -> dict[str, Any]:
    """Answer ``challenge`` and return what Cognito says, as it is."""
    request: dict[str, Any] = {
        "ClientId": client.client_id,
        "ChallengeName": challenge,
        "ChallengeResponses": _with_user(client, username, responses),
    }
    if session is not None:
        request["Session"] = session
    return call(client.endpoint, "RespondToAuthChallenge", request, priority=Priority.SIGN_IN, pool_id=client.pool_id)


def read_answer(answer: Mapping[str, Any], username: str) -> SignInResult:
    """What Cognito's answer says: signed in, or the next challenge. Pure.

    Arguments:
        answer: of InitiateAuth or RespondToAuthChallenge.
        username: the name in use so far; a challenge may name the user's real one.
    """
    if tokens := answer.get("AuthenticationResult"):
        return _signed_in(tokens)
    name = answer["ChallengeName"]
    parameters: Mapping[str, str] = answer.get("ChallengeParameters", {})
    username = parameters.get("USER_ID_FOR_SRP", username)
    session = answer.get("Session", "")
    if name == "NEW_PASSWORD_REQUIRED":
        return NewPasswordRequired(username, session, _missing_attributes(parameters))
    if name == "SOFTWARE_TOKEN_MFA":
        return TotpRequired(username, session)
    if name in ("EMAIL_OTP", "SMS_MFA"):
        return CodeRequired(username, session, FACTOR_NAMES[name], parameters.get("CODE_DELIVERY_DESTINATION", ""))
    if name == "SELECT_MFA_TYPE":
        offered = [each for each in json.loads(parameters.get("MFAS_CAN_CHOOSE", "[]")) if each in FACTOR_NAMES]
        return FactorChoice(username, session, tuple(offered))
    if name == "MFA_SETUP" and "SOFTWARE_TOKEN_MFA" in parameters.get("MFAS_CAN_SETUP", ""):
        return TotpSetupRequired(username, session)
    return OtherChallenge(name)


def _signed_in(tokens: Mapping[str, Any]) -> SignedIn:
    # The token comes from Cognito itself over this connection; whoever passes it on verifies its signature.
    claims = jwt.decode(tokens["AccessToken"], options={"verify_signature": False})
    refresh_token = tokens.get("RefreshToken")
    return SignedIn(
        subject=claims["sub"],
        username=claims["username"],
        client_id=claims["client_id"],
        access_token=SecretStr(tokens["AccessToken"]),
        id_token=SecretStr(tokens["IdToken"]),
        refresh_token=SecretStr(refresh_token) if refresh_token else None,
        new_device=_new_device(tokens.get("NewDeviceMetadata") or {}),
    )


def _new_device(named: Mapping[str, str]) -> NewDevice | None:
    return NewDevice(named["DeviceKey"], named["DeviceGroupKey"]) if "DeviceKey" in named else None


def _missing_attributes(parameters: Mapping[str, str]) -> tuple[str, ...]:
    names: list[str] = json.loads(parameters.get("requiredAttributes") or "[]")
    return tuple(name.removeprefix("userAttributes.") for name in names)


def _with_user(client: AppClientRef, username: str, parameters: Mapping[str, str]) -> dict[str, str]:
    proof = secret_hash(username, client.client_id, client.client_secret.get_secret_value())
    return {**parameters, "USERNAME": username, "SECRET_HASH": proof}
