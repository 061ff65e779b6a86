"""The custom message trigger: for which messages a function is asked, what it is told, and what it may write."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.cast import ALL_FLOWS, OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.lambdas import Event, Function
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in

ANN = "ann.words@acme.example"
PHONE = "+15550177"
SMS: Any = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
SENDER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/acme.example"}
WORDS = {"emailSubject": "Acme", "emailMessage": "<p>Take {####}</p>", "smsMessage": "Acme says {####}"}
ON: Any = {"Enabled": True}
OFF: Any = {"Enabled": False}


@pytest.fixture
def function(cognito: RunningCognito) -> Iterator[Function]:
    running = Function("writes-messages")
    running.answers(**WORDS)
    cognito.control("POST", "functions", {running.arn: running.address})
    yield running
    cognito.control("POST", "functions", {running.arn: None})
    running.stop()


@pytest.fixture
def place(cognito: RunningCognito, function: Function) -> Place:
    """A pool with every factor that has codes, whose messages the function writes."""
    settings = {
        "LambdaConfig": {"CustomMessage": function.arn},
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}},
        "AutoVerifiedAttributes": ["email"],
        "EmailConfiguration": SENDER,
        "SmsConfiguration": SMS,
    }
    made = make_place(cognito.client(), pool=settings, ExplicitAuthFlows=[*ALL_FLOWS, "ALLOW_USER_AUTH"])
    made.idp.set_user_pool_mfa_config(
        UserPoolId=made.pool_id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsConfiguration": SMS},
        EmailMfaConfiguration={"Message": "Enter {####} now", "Subject": "Second step"},
    )
    made.add_user("ann", email=ANN, email_verified="true", phone_number=PHONE, phone_number_verified="true")
    return made


def texted(cognito: RunningCognito) -> str:
    [*_, last] = [text["body"] for text in cognito.control("GET", "texts")["texts"] if text["to"] == PHONE]
    return str(last)


def forget(place: Place) -> None:
    place.idp.forgot_password(ClientId=place.client_id, Username="ann")


def begin(place: Place, factor: str) -> Any:
    parameters = place.with_hash("ann", PREFERRED_CHALLENGE=factor)
    return place.idp.initiate_auth(ClientId=place.client_id, AuthFlow="USER_AUTH", AuthParameters=parameters)


def second(place: Place, **settings: Any) -> Any:
    """Sign in by the password, with one second factor switched on."""
    place.idp.admin_set_user_mfa_preference(UserPoolId=place.pool_id, Username="ann", **settings)
    return place.password_sign_in("ann")


def verify(place: Place, name: Any) -> None:
    token = place.password_sign_in("ann")["AuthenticationResult"]["AccessToken"]
    place.idp.get_user_attribute_verification_code(AccessToken=token, AttributeName=name)


def test_what_the_function_is_told(place: Place, function: Function, mailbox: Mailbox) -> None:
    place.idp.forgot_password(ClientId=place.client_id, Username="ann", ClientMetadata={"from": "a test"})
    [event] = function.events
    sub = event["request"]["userAttributes"]["sub"]
    assert event == {
        "version": "1",
        "triggerSource": "CustomMessage_ForgotPassword",
        "region": "us-east-1",
        "userPoolId": place.pool_id,
        "userName": "ann",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": place.client_id},
        "request": {
            "userAttributes": {
                "sub": sub,
                "cognito:user_status": "CONFIRMED",
                "email": ANN,
                "email_verified": "true",
                "phone_number": PHONE,
                "phone_number_verified": "true",
            },
            "codeParameter": "{####}",
            "usernameParameter": None,
            "clientMetadata": {"from": "a test"},
        },
        "response": {"emailSubject": None, "emailMessage": None, "smsMessage": None},
    }
    letter = mailbox.text_to(ANN)
    assert letter.startswith("Take ")
    # The code that was mailed is that of the run that was carried out, not of the one before the function was asked.
    place.idp.confirm_forgot_password(
        ClientId=place.client_id, Username="ann", ConfirmationCode=code_in(letter), Password=OTHER_PASSWORD
    )
    assert "AuthenticationResult" in place.password_sign_in("ann", OTHER_PASSWORD)


@pytest.mark.parametrize(
    ("do", "source"),
    [
        (forget, "ForgotPassword"),
        (
            lambda place: place.idp.admin_reset_user_password(UserPoolId=place.pool_id, Username="ann"),
            "ForgotPassword",
        ),
        (lambda place: begin(place, "EMAIL_OTP"), "Authentication"),
        (lambda place: second(place, EmailMfaSettings=ON), "Authentication"),
        (lambda place: verify(place, "email"), "VerifyUserAttribute"),
    ],
)
def test_mails_in_the_functions_words(
    place: Place, function: Function, mailbox: Mailbox, do: Callable[[Place], object], source: str
) -> None:
    do(place)
    assert [event["triggerSource"] for event in function.events] == [f"CustomMessage_{source}"]
    assert mailbox.text_to(ANN).startswith("Take ")
    assert code_in(mailbox.text_to(ANN))


@pytest.mark.parametrize(
    ("do", "source"),
    [
        (lambda place: begin(place, "SMS_OTP"), "Authentication"),
        (lambda place: second(place, SMSMfaSettings=ON), "Authentication"),
        (lambda place: verify(place, "phone_number"), "VerifyUserAttribute"),
    ],
)
def test_text_messages_in_the_functions_words(
    cognito: RunningCognito, place: Place, function: Function, do: Callable[[Place], object], source: str
) -> None:
    do(place)
    assert [event["triggerSource"] for event in function.events] == [f"CustomMessage_{source}"]
    assert texted(cognito).startswith("Acme says ")


def test_a_code_in_the_functions_words_signs_in(place: Place, mailbox: Mailbox) -> None:
    session = begin(place, "EMAIL_OTP")["Session"]
    answer = place.respond("EMAIL_OTP", session, "ann", EMAIL_OTP_CODE=code_in(mailbox.text_to(ANN)))
    assert "AuthenticationResult" in answer


def test_accounts_that_people_make_and_their_second_code(place: Place, function: Function) -> None:
    place.idp.sign_up(
        ClientId=place.client_id,
        Username="bob",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "bob@acme.example"}],
    )
    place.idp.resend_confirmation_code(ClientId=place.client_id, Username="bob")
    sources = ["CustomMessage_SignUp", "CustomMessage_ResendCode"]
    assert [event["triggerSource"] for event in function.events] == sources


def test_an_invitation_has_a_username_too(place: Place, function: Function, mailbox: Mailbox) -> None:
    def invite(name: str) -> None:
        place.idp.admin_create_user(
            UserPoolId=place.pool_id,
            Username=name,
            TemporaryPassword=OTHER_PASSWORD,
            DesiredDeliveryMediums=["EMAIL"],
            UserAttributes=[{"Name": "email", "Value": f"{name}@acme.example"}],
        )

    with pytest.raises(ClientError) as caught:
        invite("dora")
    assert refusal(caught) == ("InvalidParameterException", "The emailMessage of an invitation lacks {username}.")
    function.answers(emailMessage="Come as {username} with {####}", smsMessage="{username} {####}")
    invite("dora")
    assert mailbox.text_to("dora@acme.example").strip() == f"Come as dora with {OTHER_PASSWORD}"
    event = function.events[-1]
    assert event["triggerSource"] == "CustomMessage_AdminCreateUser"
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert (event["request"]["codeParameter"], event["request"]["usernameParameter"]) == ("{####}", "{username}")


@pytest.mark.parametrize(
    "does",
    [
        lambda event: event,
        lambda event: {**event, "response": {}},
        lambda event: {**event, "response": {"smsMessage": "{####}"}},
    ],
)
def test_what_the_function_leaves_open_is_cognitos(
    place: Place, function: Function, mailbox: Mailbox, does: Callable[[Event], Event]
) -> None:
    function.does = does
    forget(place)
    assert mailbox.text_to(ANN).startswith("Your confirmation code is ")


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [
        ({"emailMessage": "No code"}, "InvalidParameterException", r"Value 'No code' at 'emailBody' failed .* pattern"),
        # Neither a no-break space nor a character that joins others is in the pattern.
        ({"emailMessage": "A\u00a0{####}"}, "InvalidParameterException", "emailBody"),
        ({"emailMessage": "A\u200d{####}"}, "InvalidParameterException", "emailBody"),
        ({"emailMessage": "x" * 20_000 + "{####}"}, "InvalidParameterException", "length less than or equal to 20000"),
        ({"emailSubject": "x" * 141}, "InvalidParameterException", "length less than or equal to 140"),
        ({"smsMessage": "x" * 140 + "{####}"}, "InvalidParameterException", "length less than or equal to 140"),
        ({"smsMessage": "No code"}, "InvalidParameterException", "smsMessage"),
        ({"emailMessage": 7}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    ],
)
def test_what_cognito_does_not_take_is_refused(
    place: Place, function: Function, mailbox: Mailbox, written: dict[str, Any], code: str, told: str
) -> None:
    function.answers(**written)
    before = mailbox.count_to(ANN)
    with pytest.raises(ClientError, match=told) as caught:
        forget(place)
    assert refusal(caught)[0] == code
    assert mailbox.count_to(ANN) == before


def test_what_the_function_raises_fails_the_message(place: Place, function: Function, mailbox: Mailbox) -> None:
    function.refuses("Not today")
    before = mailbox.count_to(ANN)
    with pytest.raises(ClientError) as caught:
        forget(place)
    assert refusal(caught) == ("UserLambdaValidationException", "CustomMessage failed with error Not today.")
    assert mailbox.count_to(ANN) == before
