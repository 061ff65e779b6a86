"""Second factors beside the authenticator app: codes that Cognito sends, and the choice between several.

Sources: botocore's model of `AdminRespondToAuthChallenge` and `SetUserMFAPreference`; the developer guide, "Adding MFA
to a user pool".
"""

from collections.abc import Collection
from typing import Any

from pydantic import SecretStr

from identity.auth.challenges import respond
from identity.auth.translation import auth_errors
from identity.auth.types import (
    FACTOR_NAMES,
    AppClientRef,
    CodeRequired,
    FactorChoice,
    FactorSettings,
    Phone,
    SignInResult,
    factors_named,
)
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call
from tenants.factors import SecondFactor

_CHALLENGES = {SecondFactor.EMAIL: "EMAIL_OTP", SecondFactor.SMS: "SMS_MFA"}
_ATTRIBUTES = {SecondFactor.EMAIL: "email", SecondFactor.SMS: "phone_number"}
_SETTINGS = {
    SecondFactor.EMAIL: "EmailMfaSettings",
    SecondFactor.SMS: "SMSMfaSettings",
    SecondFactor.TOTP: "SoftwareTokenMfaSettings",
}


def answer_code(client: AppClientRef, asked: CodeRequired, code: str) -> SignInResult:
    """Answer a code that Cognito sent.

    Raises:
        CodeMismatch: the code is wrong.
        SessionExpired: the sign-in must begin again; Cognito sends no second code within one.
        TooManyAttempts: Cognito refuses more attempts for a while.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    challenge = _CHALLENGES[asked.factor]
    with auth_errors():
        return respond(client, challenge, asked.username, {f"{challenge}_CODE": code}, session=asked.session)


def choose_factor(client: AppClientRef, asked: FactorChoice, factor: SecondFactor) -> SignInResult:
    """Answer ``FactorChoice``; a code that is chosen is sent.

    Raises:
        KeyError: it is not one of those offered.
        SessionExpired, AuthUnavailable: see ``answer_code``.
    """
    # By the name that Cognito gave it: e-mail is EMAIL_OTP in the list of challenges, and EMAIL_MFA elsewhere.
    name = {FACTOR_NAMES[each]: each for each in asked.names}[factor]
    with auth_errors():
        return respond(client, "SELECT_MFA_TYPE", asked.username, {"ANSWER": name}, session=asked.session)


def begin_code_setup(client: AppClientRef, factor: SecondFactor, *, access_token: SecretStr) -> str:
    """Send a code to the address or number that a person's codes are to go to; again, if they ask.

    Returns:
        Where it went, with most of it hidden.

    Raises:
        TooManyAttempts: Cognito sends five an hour to one person.
        SessionExpired: the access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    request = {"AccessToken": access_token.get_secret_value(), "AttributeName": _ATTRIBUTES[factor]}
    with auth_errors():
        answer = _call(client, "GetUserAttributeVerificationCode", request)
    return str(answer.get("CodeDeliveryDetails", {}).get("Destination", ""))


def finish_code_setup(
    client: AppClientRef, factor: SecondFactor, *, access_token: SecretStr, code: str, keep: Collection[SecondFactor]
) -> None:
    """Show with the code that it arrives, after which it is the person's second factor.

    Arguments:
        keep: of those that they have, which stay on.

    Raises:
        CodeMismatch: the code is wrong or too old.
        TooManyAttempts, SessionExpired, AuthUnavailable: see ``begin_code_setup``.
    """
    request = {
        "AccessToken": access_token.get_secret_value(),
        "AttributeName": _ATTRIBUTES[factor],
        "Code": code,
    }
    with auth_errors():
        _call(client, "VerifyUserAttribute", request)
    has = factors_of(client, access_token=access_token)
    set_factors(client, access_token=access_token, on={factor, *(has & set(keep))}, off=has - set(keep) - {factor})


def factors_of(client: AppClientRef, *, access_token: SecretStr) -> frozenset[SecondFactor]:
    """Return the second factors that a person has switched on.

    Raises:
        SessionExpired: the access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    return factor_settings(client, access_token=access_token).on


def factor_settings(client: AppClientRef, *, access_token: SecretStr) -> FactorSettings:
    """Return the second factors that a person has switched on, and which of them is preferred.

    Raises: as ``factors_of``.
    """
    with auth_errors():
        answer = _call(client, "GetUser", {"AccessToken": access_token.get_secret_value()})
    on = factors_named(answer.get("UserMFASettingList", ()))
    return FactorSettings(on, FACTOR_NAMES.get(str(answer.get("PreferredMfaSetting", ""))))


def set_factors(
    client: AppClientRef,
    *,
    access_token: SecretStr,
    on: Collection[SecondFactor],
    off: Collection[SecondFactor] = (),
    preferred: SecondFactor | None = None,
) -> None:
    """Switch a person's second factors on and off; one that is not named stays as it is.

    Of several none is preferred unless ``preferred`` names it: Cognito then lets them choose at each sign-in
    (SELECT_MFA_TYPE), and asks for the preferred one alone otherwise.

    Raises:
        SessionExpired: the access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    request = {"AccessToken": access_token.get_secret_value(), **_preference(on, off, preferred)}
    with auth_errors():
        _call(client, "SetUserMFAPreference", request)


def set_phone(pool: PoolRef, username: str, number: str) -> None:
    """Keep a telephone number of a person, which is not verified yet.

    Raises:
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    attributes = {"phone_number": number, "phone_number_verified": "false"}
    with auth_errors():
        users.update_attributes(pool, username, attributes, priority=Priority.SIGN_IN)


def phone_of(pool: PoolRef, username: str) -> Phone:
    """Return a person's telephone number. Asked for as an administrator: the sign-in clients may not read it.

    Raises:
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        attributes = users.get_user(pool, username, priority=Priority.SIGN_IN).attributes
    return Phone(attributes.get("phone_number", ""), attributes.get("phone_number_verified") == "true")


def give_phone_back(
    pool: PoolRef, username: str, number: str, *, as_factor: bool, preferred: SecondFactor | None
) -> frozenset[SecondFactor] | None:
    """Let codes go to a number again that a person had shown to be theirs, and gave up for one that is not verified.

    Arguments:
        as_factor: whether codes by SMS are a second factor of theirs again; the number alone is theirs otherwise.
        preferred: the second factor that alone was asked for before, if they have it yet; ``None`` where they chose.

    Returns:
        The second factors that they have then, also where it was done before; ``None`` where another number is theirs
        by now, or codes by SMS go to one.

    Raises:
        InvalidCredentials: there is no such user.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        user = users.get_user(pool, username, priority=Priority.SIGN_IN)
        has = factors_named(user.factors or ())
        is_another = user.attributes.get("phone_number") != number
        if SecondFactor.SMS in has:
            return None if is_another else has
        if is_another and user.attributes.get("phone_number_verified") == "true":
            return None
        known = {"phone_number": number, "phone_number_verified": "true"}
        users.update_attributes(pool, username, known, priority=Priority.SIGN_IN)
        if not as_factor:
            return has
        on = has | {SecondFactor.SMS}
        users.prefer_factors(pool, username, _preference(on, (), preferred), priority=Priority.SIGN_IN)
    return on


def _preference(
    on: Collection[SecondFactor], off: Collection[SecondFactor], preferred: SecondFactor | None
) -> dict[str, dict[str, bool]]:
    switched_on = {
        _SETTINGS[factor]: {"Enabled": True, "PreferredMfa": len(on) == 1 or factor is preferred} for factor in on
    }
    return switched_on | {_SETTINGS[factor]: {"Enabled": False, "PreferredMfa": False} for factor in off}


def _call(client: AppClientRef, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    return call(client.endpoint, operation, request, priority=Priority.SIGN_IN, pool_id=client.pool_id)
