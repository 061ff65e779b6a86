"""Choice-based sign-in: USER_AUTH with passwords and one-time passwords."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import ALL_FLOWS, PASSWORD, Place, make_place
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

FLOWS = [*ALL_FLOWS, "ALLOW_USER_AUTH"]
PASSWORDS = ["PASSWORD", "PASSWORD_SRP"]
SMS: Any = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
VERIFIED = {"email_verified": "true", "phone_number": "+15550100", "phone_number_verified": "true"}


def _place(
    idp: CognitoIdentityProviderClient, *factors: str, pool: dict[str, Any] | None = None, **client: Any
) -> Place:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}}
    settings = {"Policies": policy, "AliasAttributes": ["email"], **(pool or {})}
    return make_place(idp, pool=settings, ExplicitAuthFlows=FLOWS, **client)


def _begin(place: Place, name: str, **parameters: str) -> Any:
    return place.idp.initiate_auth(
        ClientId=place.client_id, AuthFlow="USER_AUTH", AuthParameters=place.with_hash(name, **parameters)
    )


def _refused(call: Any, *arguments: Any, **keywords: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **keywords)
    return refusal(caught)


def _mailed(mailbox: Mailbox, address: str) -> str:
    return code_in(mailbox.text_to(address))


def _email(name: str) -> str:
    return f"{name}.choice@acme.example"


@pytest.mark.parametrize("confidential", [False, True])
def test_codes_by_mail(idp: CognitoIdentityProviderClient, mailbox: Mailbox, *, confidential: bool) -> None:
    place = _place(idp, "EMAIL_OTP", confidential=confidential)
    place.add_user("ada", email=_email("ada"), email_verified="true")
    # The address is an alias, which later answers may go on with.
    answer = _begin(place, _email("ada"), PREFERRED_CHALLENGE="EMAIL_OTP")
    assert (answer["ChallengeName"], answer["AvailableChallenges"]) == ("EMAIL_OTP", [*PASSWORDS, "EMAIL_OTP"])
    assert answer["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@a***",
    }
    code, session = _mailed(mailbox, _email("ada")), answer["Session"]
    wrong = "0" * len(code)
    for _ in range(2):
        refused = _refused(place.respond, "EMAIL_OTP", session, _email("ada"), EMAIL_OTP_CODE=wrong)
        assert refused == ("CodeMismatchException", "Invalid code or auth state for the user.")
    assert _refused(place.respond, "EMAIL_OTP", session, "bob", EMAIL_OTP_CODE=code)[0] == "NotAuthorizedException"
    done = place.respond("EMAIL_OTP", session, _email("ada"), EMAIL_OTP_CODE=code)
    assert done["AuthenticationResult"]["AccessToken"]
    again = _refused(place.respond, "EMAIL_OTP", session, "ada", EMAIL_OTP_CODE=code)
    assert again == ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")


def test_wrong_codes_spend_the_session(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "EMAIL_OTP")
    place.add_user("ada", email=_email("five"), email_verified="true")
    session = _begin(place, "ada", PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    code = _mailed(mailbox, _email("five"))
    for _ in range(5):
        assert _refused(place.respond, "EMAIL_OTP", session, "ada", EMAIL_OTP_CODE="x")[0] == "CodeMismatchException"
    assert _refused(place.respond, "EMAIL_OTP", session, "ada", EMAIL_OTP_CODE=code)[0] == "NotAuthorizedException"


def test_choice_from_the_list(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "EMAIL_OTP")
    place.add_user("ada", email=_email("list"), email_verified="true")
    first = _begin(place, "ada")
    assert (first["ChallengeName"], first["AvailableChallenges"]) == ("SELECT_CHALLENGE", [*PASSWORDS, "EMAIL_OTP"])
    assert mailbox.count_to(_email("list")) == 0
    absent = _refused(place.respond, "SELECT_CHALLENGE", first["Session"], "ada", ANSWER="SMS_OTP")
    assert absent[0] == "InvalidParameterException"
    chosen = place.respond("SELECT_CHALLENGE", first["Session"], "ada", ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    done = place.respond("EMAIL_OTP", chosen["Session"], "ada", EMAIL_OTP_CODE=_mailed(mailbox, _email("list")))
    assert "AuthenticationResult" in done
    spent = _refused(place.respond, "SELECT_CHALLENGE", first["Session"], "ada", ANSWER="EMAIL_OTP")
    assert spent[0] == "NotAuthorizedException"
    # A challenge is answered as what it is.
    second = _begin(place, "ada")["Session"]
    assert _refused(place.respond, "PASSWORD", second, "ada", PASSWORD=PASSWORD)[0] == "NotAuthorizedException"


def test_password_at_once_by_choice_and_when_asked(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, confidential=True)
    place.add_user("ada")
    assert "AuthenticationResult" in _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    inline = place.respond(
        "SELECT_CHALLENGE", _begin(place, "ada")["Session"], "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD
    )
    assert "AuthenticationResult" in inline
    asked = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD")
    assert asked["ChallengeName"] == "PASSWORD"
    refused = _refused(place.respond, "PASSWORD", asked["Session"], "ada", PASSWORD="Wrong-Horse-9")
    assert refused == ("NotAuthorizedException", "Incorrect username or password.")
    asked = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD")
    assert "AuthenticationResult" in place.respond("PASSWORD", asked["Session"], "ada", PASSWORD=PASSWORD)


def test_password_by_srp(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp)
    place.add_user("ada")
    srp = place.srp("ada")
    start = srp.get_auth_params()["SRP_A"]
    asked = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD_SRP")
    at_once = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=start)
    in_time = place.respond("PASSWORD_SRP", asked["Session"], "ada", SRP_A=start)
    for answer in (at_once, in_time):
        assert answer["ChallengeName"] == "PASSWORD_VERIFIER"
        proof = srp.process_challenge(answer["ChallengeParameters"], {"USERNAME": "ada"})
        done = idp.respond_to_auth_challenge(
            ClientId=place.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=proof
        )
        assert "AuthenticationResult" in done


def test_temporary_password_has_to_be_changed(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, "EMAIL_OTP")
    idp.admin_create_user(
        UserPoolId=place.pool_id,
        Username="ada",
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": _email("new")}, {"Name": "email_verified", "Value": "true"}],
    )
    assert _begin(place, "ada")["AvailableChallenges"] == PASSWORDS
    answer = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_what_is_offered(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp, "EMAIL_OTP", "SMS_OTP", pool={"SmsConfiguration": SMS})
    place.add_user("all", email=_email("all"), **VERIFIED)
    place.add_user("unverified", email=_email("unverified"))
    assert _begin(place, "all")["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP", "SMS_OTP"]
    # What cannot be had is not asked for.
    assert _begin(place, "unverified", PREFERRED_CHALLENGE="EMAIL_OTP")["ChallengeName"] == "SELECT_CHALLENGE"
    assert _begin(place, "unverified")["AvailableChallenges"] == PASSWORDS
    assert _refused(_begin, place, "all", PREFERRED_CHALLENGE="MAGIC")[0] == "InvalidParameterException"
    without_sms = _place(idp, "SMS_OTP")
    without_sms.add_user("all", email=_email("sms"), **VERIFIED)
    assert _begin(without_sms, "all")["AvailableChallenges"] == PASSWORDS
    closed = make_place(idp)
    closed.add_user("ada")
    assert _refused(_begin, closed, "ada")[1] == "USER_AUTH flow not enabled for this client"


def test_required_mfa_leaves_passwords_alone(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp)
    place.add_user("ada", email=_email("mfa"), email_verified="true")
    idp.set_user_pool_mfa_config(
        UserPoolId=place.pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert _begin(place, "ada")["AvailableChallenges"] == PASSWORDS
    answer = _begin(place, "ada", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "MFA_SETUP"


def test_nobody_and_the_disabled_are_not_told(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "EMAIL_OTP", PreventUserExistenceErrors="ENABLED")
    place.add_user("gone", email=_email("gone"), email_verified="true")
    idp.admin_disable_user(UserPoolId=place.pool_id, Username="gone")
    there = _begin(place, "gone", PREFERRED_CHALLENGE="EMAIL_OTP")
    nobody = _begin(place, "nobody@acme.example", PREFERRED_CHALLENGE="EMAIL_OTP")
    for answer in (there, nobody):
        assert answer["AvailableChallenges"] == [*PASSWORDS, "EMAIL_OTP"]
        assert answer["ChallengeName"] == "EMAIL_OTP"
    assert nobody["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "n***@a***"
    assert mailbox.count_to(_email("gone")) == 0
    refused = _refused(place.respond, "EMAIL_OTP", nobody["Session"], "nobody@acme.example", EMAIL_OTP_CODE="12345678")
    assert refused[0] == "CodeMismatchException"
    asked = _begin(place, "nobody")
    refused = _refused(
        place.respond, "SELECT_CHALLENGE", asked["Session"], "nobody", ANSWER="PASSWORD", PASSWORD=PASSWORD
    )
    assert refused == ("NotAuthorizedException", "Incorrect username or password.")
    frank = _place(idp, "EMAIL_OTP", PreventUserExistenceErrors="LEGACY")
    assert _refused(_begin, frank, "nobody")[0] == "UserNotFoundException"


def test_disabled_after_the_code_was_sent(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = _place(idp, "EMAIL_OTP")
    place.add_user("ada", email=_email("later"), email_verified="true")
    session = _begin(place, "ada", PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    idp.admin_disable_user(UserPoolId=place.pool_id, Username="ada")
    code = _mailed(mailbox, _email("later"))
    refused = _refused(place.respond, "EMAIL_OTP", session, "ada", EMAIL_OTP_CODE=code)
    assert refused == ("NotAuthorizedException", "User is disabled.")


def test_codes_live_as_long_as_the_session(own_cognito: RunningCognito) -> None:
    place = _place(own_cognito.client(), "SMS_OTP", pool={"SmsConfiguration": SMS}, AuthSessionValidity=3)
    place.add_user("ada", **VERIFIED)
    session = _begin(place, "ada", PREFERRED_CHALLENGE="SMS_OTP")["Session"]
    [text] = own_cognito.control("GET", "texts")["texts"]
    own_cognito.advance(181)
    code = text["body"].rpartition(" ")[2]
    assert "expired" in _refused(place.respond, "SMS_OTP", session, "ada", SMS_OTP_CODE=code)[1]


def test_codes_by_text_message(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    settings = {"SmsConfiguration": SMS, "SmsAuthenticationMessage": "<b> {####}"}
    place = _place(idp, "SMS_OTP", pool=settings)
    place.add_user("ada", phone_number="+15550177", phone_number_verified="true")
    answer = _begin(place, "ada", PREFERRED_CHALLENGE="SMS_OTP")
    assert answer["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******0177",
    }
    text = cognito.control("GET", "texts")["texts"][-1]
    assert (text["to"], text["body"][:4]) == ("+15550177", "<b> ")
    page = HTTP.get(f"{cognito.url}/_local/texts", headers={"Accept": "text/html"}).text
    assert "+15550177" in page
    assert f"&lt;b&gt; {text['body'][4:]}" in page
    done = place.respond("SMS_OTP", answer["Session"], "ada", SMS_OTP_CODE=text["body"][4:])
    assert "AuthenticationResult" in done
