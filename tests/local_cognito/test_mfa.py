"""Time-based one-time passwords: enrolment, challenge, preference."""

from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.federation.app_codes import wrong_code
from tests.local_cognito.cast import Place, make_place, next_code
from tests.local_cognito.refusals import refusal


def _code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return refusal(caught)[0]


def _mfa_place(idp: CognitoIdentityProviderClient, mode: Any, **client: Any) -> Place:
    place = make_place(idp, **client)
    idp.set_user_pool_mfa_config(
        UserPoolId=place.pool_id, MfaConfiguration=mode, SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    return place


def _enrol(place: Place, username: str = "ada") -> pyotp.TOTP:
    """Enrol through MFA_SETUP, with the present code, so that the next one is still unused."""
    session = place.password_sign_in(username)["Session"]
    associated = place.idp.associate_software_token(Session=session)
    totp = pyotp.TOTP(associated["SecretCode"])
    verified = place.idp.verify_software_token(Session=associated["Session"], UserCode=totp.now())
    assert verified["Status"] == "SUCCESS"
    assert "AuthenticationResult" in place.respond("MFA_SETUP", verified["Session"], username)
    return totp


def test_required_mfa_enrols_and_then_challenges(idp: CognitoIdentityProviderClient) -> None:
    place = _mfa_place(idp, "ON", confidential=True)
    place.add_user("ada")
    totp = _enrol(place)
    found = idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")
    assert found["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    first = place.password_sign_in("ada")
    assert first["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with pytest.raises(ClientError) as caught:
        place.respond("SOFTWARE_TOKEN_MFA", first["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE="abcdef")
    assert _code(caught) == "CodeMismatchException"
    code = next_code(totp)
    assert "AuthenticationResult" in place.respond(
        "SOFTWARE_TOKEN_MFA", first["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE=code
    )
    with pytest.raises(ClientError) as caught:
        place.respond("SOFTWARE_TOKEN_MFA", first["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE=code)
    assert refusal(caught)[1] == "Invalid session for the user, session can only be used once."
    again = place.password_sign_in("ada")
    with pytest.raises(ClientError) as caught:
        place.respond("SOFTWARE_TOKEN_MFA", again["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE=code)
    assert _code(caught) == "CodeMismatchException"


def test_wrong_codes_spend_the_session(idp: CognitoIdentityProviderClient) -> None:
    place = _mfa_place(idp, "ON")
    place.add_user("ada")
    totp = _enrol(place)
    session = place.password_sign_in("ada")["Session"]
    for _ in range(5):
        with pytest.raises(ClientError) as caught:
            place.respond("SOFTWARE_TOKEN_MFA", session, "ada", SOFTWARE_TOKEN_MFA_CODE="abcdef")
        assert _code(caught) == "CodeMismatchException"
    with pytest.raises(ClientError) as caught:
        place.respond("SOFTWARE_TOKEN_MFA", session, "ada", SOFTWARE_TOKEN_MFA_CODE=next_code(totp))
    assert _code(caught) == "NotAuthorizedException"


def test_mfa_setup_cannot_be_skipped(idp: CognitoIdentityProviderClient) -> None:
    place = _mfa_place(idp, "ON")
    place.add_user("ada")
    session = place.password_sign_in("ada")["Session"]
    with pytest.raises(ClientError) as caught:
        place.respond("MFA_SETUP", session, "ada")
    assert _code(caught) == "NotAuthorizedException"
    associated = idp.associate_software_token(Session=session)
    with pytest.raises(ClientError) as caught:
        place.respond("MFA_SETUP", associated["Session"], "ada")
    assert _code(caught) == "NotAuthorizedException"
    with pytest.raises(ClientError) as caught:
        idp.associate_software_token(Session=session)
    assert _code(caught) == "NotAuthorizedException"
    wrong = wrong_code(pyotp.TOTP(associated["SecretCode"]))
    with pytest.raises(ClientError) as caught:
        idp.verify_software_token(Session=associated["Session"], UserCode=wrong)
    assert _code(caught) == "EnableSoftwareTokenMFAException"


def test_optional_mfa_follows_the_preference(idp: CognitoIdentityProviderClient) -> None:
    place = _mfa_place(idp, "OPTIONAL")
    place.add_user("ada")
    access = place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]
    on: Any = {"Enabled": True, "PreferredMfa": True}
    with pytest.raises(ClientError) as caught:
        idp.admin_set_user_mfa_preference(UserPoolId=place.pool_id, Username="ada", SoftwareTokenMfaSettings=on)
    assert _code(caught) == "InvalidParameterException"
    totp = pyotp.TOTP(idp.associate_software_token(AccessToken=access)["SecretCode"])
    idp.verify_software_token(AccessToken=access, UserCode=totp.now())
    assert "AuthenticationResult" in place.password_sign_in("ada")
    idp.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings=on)
    assert idp.get_user(AccessToken=access)["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    session = place.password_sign_in("ada")["Session"]
    assert "AuthenticationResult" in place.respond(
        "SOFTWARE_TOKEN_MFA", session, "ada", SOFTWARE_TOKEN_MFA_CODE=next_code(totp)
    )
    idp.admin_delete_software_token(UserPoolId=place.pool_id, Username="ada")
    assert "AuthenticationResult" in place.password_sign_in("ada")
