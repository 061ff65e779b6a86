"""Codes by which people show that an address or a number is theirs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import make_place
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in

SMS: Any = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}


def test_an_address_is_verified_by_its_code(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = make_place(idp)
    place.add_user("ada", email="codes@acme.example")
    token = place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]
    asked: Any = {"AccessToken": token, "AttributeName": "email"}
    with pytest.raises(ClientError) as caught:
        idp.verify_user_attribute(**asked, Code="123456")
    assert refusal(caught)[0] == "ExpiredCodeException"
    sent = idp.get_user_attribute_verification_code(**asked)["CodeDeliveryDetails"]
    assert sent == {"Destination": "c***@a***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code = code_in(mailbox.text_to("codes@acme.example"))
    with pytest.raises(ClientError) as caught:
        idp.verify_user_attribute(**asked, Code="x" + code)
    assert refusal(caught)[0] == "CodeMismatchException"
    idp.verify_user_attribute(**asked, Code=code)
    attributes = {each["Name"]: each["Value"] for each in idp.get_user(AccessToken=token)["UserAttributes"]}
    assert attributes["email_verified"] == "true"
    # A code works once, and five are sent in an hour.
    with pytest.raises(ClientError) as caught:
        idp.verify_user_attribute(**asked, Code=code)
    assert refusal(caught)[0] == "ExpiredCodeException"
    for _again in range(4):
        idp.get_user_attribute_verification_code(**asked)
    with pytest.raises(ClientError) as caught:
        idp.get_user_attribute_verification_code(**asked)
    assert refusal(caught)[0] == "LimitExceededException"


def test_a_number_is_verified_by_its_code(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, pool={"SmsConfiguration": SMS})
    place.add_user("ada")
    token = place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]
    asked: Any = {"AccessToken": token, "AttributeName": "phone_number"}
    with pytest.raises(ClientError) as caught:
        idp.get_user_attribute_verification_code(**asked)
    assert refusal(caught)[0] == "InvalidParameterException"
    number: Any = [{"Name": "phone_number", "Value": "+15550133"}, {"Name": "phone_number_verified", "Value": "false"}]
    idp.admin_update_user_attributes(UserPoolId=place.pool_id, Username="ada", UserAttributes=number)
    assert idp.get_user_attribute_verification_code(**asked)["CodeDeliveryDetails"]["Destination"] == "+*******0133"
    [text] = [each["body"] for each in cognito.control("GET", "texts")["texts"] if each["to"] == "+15550133"]
    idp.verify_user_attribute(**asked, Code=text[-6:])
    found = idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")["UserAttributes"]
    assert {"Name": "phone_number_verified", "Value": "true"} in found
    with pytest.raises(ClientError) as caught:
        idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="name")
    assert refusal(caught)[0] == "InvalidParameterException"
