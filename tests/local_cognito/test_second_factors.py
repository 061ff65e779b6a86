"""Second factors beside software tokens: codes by mail and text message, the choice between factors, passkeys."""

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import ALL_FLOWS, Place, make_place, next_code
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.authenticator import Passkey

SMS: Any = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
SENDER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/acme.example"}
ON: Any = {"Enabled": True}
PREFERRED: Any = {"Enabled": True, "PreferredMfa": True}
OFF: Any = {"Enabled": False}
PHONE = {"phone_number": "+15550111", "phone_number_verified": "true"}


def _place(idp: CognitoIdentityProviderClient, mode: Any, *, totp: bool = False, **client: Any) -> Place:
    """A pool with e-mail and SMS as second factors."""
    place = make_place(idp, pool={"EmailConfiguration": SENDER, "SmsConfiguration": SMS}, **client)
    idp.set_user_pool_mfa_config(
        UserPoolId=place.pool_id,
        MfaConfiguration=mode,
        SmsMfaConfiguration={"SmsConfiguration": SMS, "SmsAuthenticationMessage": "Code {####}"},
        EmailMfaConfiguration={"Message": "Enter {####} now", "Subject": "Second step"},
        SoftwareTokenMfaConfiguration={"Enabled": totp},
    )
    return place


def _mailed(mailbox: Mailbox, address: str) -> str:
    found = re.search(r"Enter (\d+) now", mailbox.text_to(address))
    assert found is not None
    return found[1]


def _texted(cognito: RunningCognito, number: str = PHONE["phone_number"]) -> str:
    [*_, last] = [text["body"] for text in cognito.control("GET", "texts")["texts"] if text["to"] == number]
    return str(last).removeprefix("Code ")


def _address(name: str) -> dict[str, str]:
    return {"email": f"{name}.second@acme.example", "email_verified": "true"}


def _prefer(place: Place, **settings: Any) -> None:
    place.idp.admin_set_user_mfa_preference(UserPoolId=place.pool_id, Username="ada", **settings)


def _refused(call: Any, *arguments: Any, **keywords: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **keywords)
    return refusal(caught)


def test_code_by_mail(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "OPTIONAL", confidential=True)
    place.add_user("ada", **_address("mail"))
    assert "AuthenticationResult" in place.password_sign_in("ada")
    _prefer(place, EmailMfaSettings=PREFERRED)
    found = idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")
    assert (found["PreferredMfaSetting"], found["UserMFASettingList"]) == ("EMAIL_OTP", ["EMAIL_OTP"])
    asked = place.password_sign_in("ada")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "ada",
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "m***@a***",
    }
    wrong = _refused(place.respond, "EMAIL_OTP", asked["Session"], "ada", EMAIL_OTP_CODE="x")
    assert wrong[0] == "CodeMismatchException"
    code = _mailed(mailbox, _address("mail")["email"])
    assert "AuthenticationResult" in place.respond("EMAIL_OTP", asked["Session"], "ada", EMAIL_OTP_CODE=code)
    _prefer(place, EmailMfaSettings=OFF)
    assert "AuthenticationResult" in place.password_sign_in("ada")


def test_code_by_text_message(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, "OPTIONAL")
    place.add_user("ada", **PHONE)
    _prefer(place, SMSMfaSettings=ON)
    asked = place.password_sign_in("ada")
    assert (asked["ChallengeName"], asked["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"]) == ("SMS_MFA", "SMS")
    # A code is one for its own challenge.
    assert (
        _refused(place.respond, "EMAIL_OTP", asked["Session"], "ada", EMAIL_OTP_CODE="x")[0] == "NotAuthorizedException"
    )
    code = _texted(cognito)
    assert re.fullmatch(r"\d{6}", code)
    assert "AuthenticationResult" in place.respond("SMS_MFA", asked["Session"], "ada", SMS_MFA_CODE=code)


def test_choice_between_factors(cognito: RunningCognito, idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "OPTIONAL", totp=True)
    place.add_user("ada", **_address("choice"), **PHONE)
    access = place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]
    totp = pyotp.TOTP(idp.associate_software_token(AccessToken=access)["SecretCode"])
    idp.verify_software_token(AccessToken=access, UserCode=totp.now())
    idp.set_user_mfa_preference(AccessToken=access, SMSMfaSettings=ON, EmailMfaSettings=ON, SoftwareTokenMfaSettings=ON)
    factors = ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    assert idp.get_user(AccessToken=access)["UserMFASettingList"] == factors
    for answer, name in (("SMS_MFA", "SMS_MFA"), ("EMAIL_MFA", "EMAIL_OTP"), ("EMAIL_OTP", "EMAIL_OTP")):
        asked = place.password_sign_in("ada")
        assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
        assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == factors
        chosen = place.respond("SELECT_MFA_TYPE", asked["Session"], "ada", ANSWER=answer)
        assert chosen["ChallengeName"] == name
        code = _texted(cognito) if name == "SMS_MFA" else _mailed(mailbox, _address("choice")["email"])
        done = place.respond(name, chosen["Session"], "ada", **{f"{name}_CODE": code})
        assert "AuthenticationResult" in done
        spent = _refused(place.respond, "SELECT_MFA_TYPE", asked["Session"], "ada", ANSWER=answer)
        assert spent[0] == "NotAuthorizedException"
    asked = place.password_sign_in("ada")
    absent = _refused(place.respond, "SELECT_MFA_TYPE", asked["Session"], "ada", ANSWER="WEB_AUTHN")
    assert absent[0] == "InvalidParameterException"
    chosen = place.respond("SELECT_MFA_TYPE", asked["Session"], "ada", ANSWER="SOFTWARE_TOKEN_MFA")
    done = place.respond("SOFTWARE_TOKEN_MFA", chosen["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE=next_code(totp))
    assert "AuthenticationResult" in done
    # A preference saves the question, and goes with its factor.
    _prefer(place, SMSMfaSettings=PREFERRED)
    assert place.password_sign_in("ada")["ChallengeName"] == "SMS_MFA"
    _prefer(place, SMSMfaSettings=OFF)
    assert place.password_sign_in("ada")["ChallengeName"] == "SELECT_MFA_TYPE"
    idp.admin_delete_software_token(UserPoolId=place.pool_id, Username="ada")
    assert place.password_sign_in("ada")["ChallengeName"] == "EMAIL_OTP"


def test_preferences_that_cannot_be(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, "OPTIONAL")
    place.add_user("ada", email="ada@acme.example", **PHONE)
    unverified = _refused(_prefer, place, EmailMfaSettings=ON)
    assert unverified == ("InvalidParameterException", "User does not have delivery config set to turn on EMAIL_OTP")
    for settings in (
        {"SMSMfaSettings": PREFERRED, "SoftwareTokenMfaSettings": PREFERRED},
        {"SMSMfaSettings": {"Enabled": False, "PreferredMfa": True}},
        {"WebAuthnMfaSettings": ON},
    ):
        assert _refused(_prefer, place, **settings)[0] == "InvalidParameterException"
    assert "UserMFASettingList" not in idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")
    without = make_place(idp)
    without.add_user("ada", **PHONE)
    assert _refused(_prefer, without, SMSMfaSettings=ON)[0] == "InvalidParameterException"


def test_required_mfa_takes_what_there_is(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "ON", totp=True)
    place.add_user("ada")
    asked = place.password_sign_in("ada")
    assert asked["ChallengeName"] == "MFA_SETUP"
    can = json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"])
    assert can == ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    # E-mail is set up by the address, and signing in anew (B:RespondToAuthChallengeResponse, MFA_SETUP).
    attributes: Any = [{"Name": name, "Value": value} for name, value in _address("required").items()]
    idp.admin_update_user_attributes(UserPoolId=place.pool_id, Username="ada", UserAttributes=attributes)
    asked = place.password_sign_in("ada")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    code = _mailed(mailbox, _address("required")["email"])
    assert "AuthenticationResult" in place.respond("EMAIL_OTP", asked["Session"], "ada", EMAIL_OTP_CODE=code)


def test_mfa_ends_sign_in_without_a_password(idp: CognitoIdentityProviderClient) -> None:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}}
    settings = {"Policies": policy, "SmsConfiguration": SMS}
    place = make_place(idp, pool=settings, ExplicitAuthFlows=[*ALL_FLOWS, "ALLOW_USER_AUTH"])
    pool: Any = {"UserPoolId": place.pool_id, "SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    passkeys: Any = {"RelyingPartyId": "acme.example"}
    idp.set_user_pool_mfa_config(**pool, MfaConfiguration="OPTIONAL", WebAuthnConfiguration=passkeys)
    place.add_user("ada", **_address("passwordless"), **PHONE)
    token = {"AccessToken": place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]}
    passkey = Passkey("https://acme.example")
    options: Any = idp.start_web_authn_registration(**token)["CredentialCreationOptions"]
    credential: Any = passkey.made_for(options)
    idp.complete_web_authn_registration(**token, Credential=credential)

    def begin(**parameters: str) -> Any:
        given = {"USERNAME": "ada", **parameters}
        return idp.initiate_auth(ClientId=place.client_id, AuthFlow="USER_AUTH", AuthParameters=given)

    passwords = ["PASSWORD", "PASSWORD_SRP"]
    assert begin()["AvailableChallenges"] == [*passwords, "EMAIL_OTP", "WEB_AUTHN"]
    _prefer(place, SMSMfaSettings=ON)
    assert begin()["AvailableChallenges"] == passwords
    configured = idp.get_user_auth_factors(**token)["ConfiguredUserAuthFactors"]
    assert configured == ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]
    # A passkey that verifies its user may count as two factors.
    strong: Any = {**passkeys, "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    idp.set_user_pool_mfa_config(**pool, MfaConfiguration="OPTIONAL", WebAuthnConfiguration=strong)
    _prefer(place, WebAuthnMfaSettings=ON)
    for verifies in (False, True):
        passkey.verifies = verifies
        asked = begin(PREFERRED_CHALLENGE="WEB_AUTHN")
        wanted = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
        assert wanted["userVerification"] == "required"
        answer = ("WEB_AUTHN", asked["Session"], "ada")
        if verifies:
            assert "AuthenticationResult" in place.respond(*answer, CREDENTIAL=passkey.signed(wanted))
        else:
            assert _refused(place.respond, *answer, CREDENTIAL=passkey.signed(wanted))[0] == "NotAuthorizedException"


def test_new_password_does_not_come_over_the_channel_of_the_second_factor(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, "OPTIONAL")
    place.add_user("ada", **_address("channel"))
    forgotten: Any = {"ClientId": place.client_id, "Username": "ada"}
    assert idp.forgot_password(**forgotten)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    _prefer(place, EmailMfaSettings=ON)
    assert _refused(idp.forgot_password, **forgotten)[0] == "InvalidParameterException"


def test_users_of_an_earlier_version_keep_their_factor(tmp_path: Path) -> None:
    running = RunningCognito(tmp_path / "cognito")
    place = make_place(running.client())
    for name in ("ada", "bob"):
        place.add_user(name)
    running.stop()
    [database] = (tmp_path / "cognito").rglob("cognito.sqlite3")
    with sqlite3.connect(database) as connection:
        for name, value in (("ada", 1), ("bob", 0)):
            old = json.loads(connection.execute("SELECT doc FROM users WHERE username_key = ?", (name,)).fetchone()[0])
            del old["mfa"], old["preferred_mfa"]
            old |= {"mfa_enabled": bool(value), "mfa_preferred": bool(value)}
            connection.execute("UPDATE users SET doc = ? WHERE username_key = ?", (json.dumps(old), name))
    connection.close()
    again = RunningCognito(tmp_path / "cognito")
    try:
        idp = again.client()
        found = idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")
        assert (found["PreferredMfaSetting"], found["UserMFASettingList"]) == (
            ("SOFTWARE_TOKEN_MFA"),
            ["SOFTWARE_TOKEN_MFA"],
        )
        assert "PreferredMfaSetting" not in idp.admin_get_user(UserPoolId=place.pool_id, Username="bob")
    finally:
        again.stop()
