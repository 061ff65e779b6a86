"""Sign-ins from devices: who is asked for a second factor, and what a device must prove."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from pycognito.aws_srp import long_to_hex

from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.lambdas import Function
from tests.local_cognito.refusals import refusal
from tests.local_cognito.remembering import (
    ALWAYS,
    OPT_IN,
    WITH_MFA,
    Device,
    begin_device,
    client_of,
    confirm,
    enrol,
    give_code,
    password_with,
    prove,
    remembered,
    tracking,
)
from tests.local_cognito.running import RunningCognito

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

GONE = ("ResourceNotFoundException", "Device does not exist.")
INVALID = "NotAuthorizedException"
UNASKED = (INVALID, "Cannot initiate DEVICE_SRP_AUTH flow without first authenticating")


def _admin_sign_in(place: Place, **parameters: str) -> Any:
    return place.idp.admin_initiate_auth(
        UserPoolId=place.pool_id,
        ClientId=place.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters=place.with_hash("ada", PASSWORD=PASSWORD, **parameters),
    )


def test_a_sign_in_that_names_no_device_gets_a_key(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    answers = [place.srp("ada").authenticate_user(), place.password_sign_in("ada"), _admin_sign_in(place)]
    results = [answer["AuthenticationResult"] for answer in answers]
    keys = {result["NewDeviceMetadata"]["DeviceKey"] for result in results}
    assert len(keys) == 3
    assert all(re.fullmatch(r"us-east-1_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key) for key in keys)
    for result in results:
        claims = jwt.decode(result["AccessToken"], options={"verify_signature": False})
        assert claims["device_key"] == result["NewDeviceMetadata"]["DeviceKey"]
    # Nothing is known of a device until it is confirmed.
    assert idp.list_devices(AccessToken=results[0]["AccessToken"])["Devices"] == []


def test_without_tracking_there_are_no_devices(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    result = place.password_sign_in("ada")["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert "device_key" not in jwt.decode(result["AccessToken"], options={"verify_signature": False})
    # A key that is sent all the same is not looked at.
    assert "AuthenticationResult" in password_with(place, Device("us-east-1_0", "-0", "x"))


def test_a_remembered_device_is_asked_instead_of_totp(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    enrol(place, result)
    assert place.password_sign_in("ada")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    # pycognito goes the whole way by itself, and sends no Session with DEVICE_SRP_AUTH.
    result = client_of(place, device).authenticate_user()["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert jwt.decode(result["AccessToken"], options={"verify_signature": False})["device_key"] == device.key
    assert _without_session(place, device) == UNASKED


def _without_session(place: Place, device: Device) -> tuple[str, str]:
    """The refusal of a DEVICE_SRP_AUTH that no sign-in waits for."""
    with pytest.raises(ClientError) as caught:
        place.idp.respond_to_auth_challenge(
            ClientId=place.client_id,
            ChallengeName="DEVICE_SRP_AUTH",
            ChallengeResponses={"USERNAME": "ada", "DEVICE_KEY": device.key, "SRP_A": "2"},
        )
    return refusal(caught)


@pytest.mark.parametrize("confidential", [False, True])
def test_every_way_with_a_password_knows_the_device(idp: CognitoIdentityProviderClient, confidential: bool) -> None:
    place = tracking(idp, confidential=confidential)
    device, result = remembered(place)
    enrol(place, result)
    for asked in (password_with(place, device), _admin_sign_in(place, DEVICE_KEY=device.key)):
        assert asked["ChallengeParameters"] == {}
        started, responses = begin_device(place, asked, device)
        assert set(started["ChallengeParameters"]) == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "DEVICE_KEY"}
        assert "AuthenticationResult" in prove(place, responses)


def test_many_devices_survive_every_padding(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    for _ in range(12):
        device, _result = remembered(place)
        assert "AuthenticationResult" in client_of(place, device).authenticate_user()


def test_where_it_replaces_nothing_the_device_comes_after_the_code(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp, WITH_MFA)
    device, result = remembered(place)
    totp = enrol(place, result)
    asked = give_code(place, password_with(place, device), totp)
    _, responses = begin_device(place, asked, device)
    assert "AuthenticationResult" in prove(place, responses)


def test_a_device_that_is_not_remembered_is_known_but_not_trusted(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp, OPT_IN)
    result = place.password_sign_in("ada")["AuthenticationResult"]
    device, must_ask = confirm(place, result)
    assert must_ask
    totp = enrol(place, result)
    again = give_code(place, password_with(place, device), totp)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in again
    named = {"AccessToken": again["AccessToken"], "DeviceKey": device.key}
    idp.update_device_status(**named, DeviceRememberedStatus="remembered")
    assert "AuthenticationResult" in client_of(place, device).authenticate_user()
    idp.update_device_status(**named, DeviceRememberedStatus="not_remembered")
    assert password_with(place, device)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def _password_claim(place: Place, device: Device, username: str = "ada") -> dict[str, str]:
    """Responses to PASSWORD_VERIFIER that name the device."""
    client = client_of(place, device, username)
    started: Any = place.idp.initiate_auth(
        ClientId=place.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=client.get_auth_params()
    )
    return dict(client.process_challenge(started["ChallengeParameters"], client.get_auth_params()))


def _verify(place: Place, responses: dict[str, str]) -> Any:
    return place.idp.respond_to_auth_challenge(
        ClientId=place.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )


def test_a_forgotten_device_is_refused_and_the_step_taken_again_without_it(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    enrol(place, result)
    idp.forget_device(AccessToken=result["AccessToken"], DeviceKey=device.key)
    responses = _password_claim(place, device)
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught) == GONE
    del responses["DEVICE_KEY"]
    assert _verify(place, responses)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with pytest.raises(ClientError) as caught:
        password_with(place, device)
    assert refusal(caught) == GONE


def test_a_wrong_password_tells_nothing_of_devices(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, _ = remembered(place)
    for key in (device.key, f"{device.key[:-1]}x"):
        with pytest.raises(ClientError) as caught:
            client_of(place, replace(device, key=key), password=OTHER_PASSWORD).authenticate_user()
        assert refusal(caught) == (INVALID, "Incorrect username or password.")


def test_a_device_belongs_to_one_user(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, _ = remembered(place, "grace")
    with pytest.raises(ClientError) as caught:
        client_of(place, device, "ada").authenticate_user()
    assert refusal(caught) == GONE
    own, _ = remembered(place)
    asked = password_with(place, own)
    with pytest.raises(ClientError) as caught:
        begin_device(place, asked, device)
    assert refusal(caught)[0] == INVALID


def test_a_wrong_secret_is_refused_and_ends_the_sign_in(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    enrol(place, result)
    asked = password_with(place, device)
    _, wrong = begin_device(place, asked, replace(device, password="guessed"))
    with pytest.raises(ClientError) as caught:
        prove(place, wrong)
    assert refusal(caught) == (INVALID, "Incorrect username or password.")
    for step in (lambda: prove(place, wrong), lambda: begin_device(place, asked, device)):
        with pytest.raises(ClientError) as caught:
            step()
        assert refusal(caught)[0] == INVALID


def test_steps_come_in_their_order_and_once(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    second, _ = confirm(place, place.password_sign_in("ada")["AuthenticationResult"])
    totp = enrol(place, result)
    public = long_to_hex(client_of(place, device).large_a_value)
    # Before the password there is nothing to go on with.
    assert _without_session(place, device) == UNASKED
    asked, code_asked = password_with(place, device), place.password_sign_in("ada")
    responses = _password_claim(place, device)
    started, proof = begin_device(place, password_with(place, device), device)
    refused = [
        # The session of one step opens no other, nor does that of a code.
        lambda: place.respond("SOFTWARE_TOKEN_MFA", asked["Session"], "ada", SOFTWARE_TOKEN_MFA_CODE=totp.now()),
        lambda: place.respond("DEVICE_SRP_AUTH", code_asked["Session"], "ada", DEVICE_KEY=device.key, SRP_A=public),
        lambda: prove(place, {**responses, "DEVICE_KEY": device.key}),
        lambda: _verify(place, proof),
        # Another device of the same user is another device.
        lambda: begin_device(place, asked, second),
        lambda: prove(place, {**proof, "DEVICE_KEY": second.key}),
        lambda: prove(place, {**proof, "USERNAME": "grace"}),
    ]
    for step in refused:
        with pytest.raises(ClientError) as caught:
            step()
        assert refusal(caught)[0] == INVALID
    assert started["ChallengeParameters"]["DEVICE_KEY"] == device.key
    assert "AuthenticationResult" in prove(place, proof)
    with pytest.raises(ClientError) as caught:
        prove(place, proof)
    assert refusal(caught)[0] == INVALID


def test_what_is_missing_or_nonsense_is_named(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, _ = remembered(place)
    session = password_with(place, device)["Session"]
    for responses, words in (
        ({"SRP_A": "2"}, "Missing required parameter DEVICE_KEY"),
        ({"DEVICE_KEY": device.key}, "Missing required parameter SRP_A"),
        ({"DEVICE_KEY": device.key, "SRP_A": "0"}, "Invalid SRP_A"),
    ):
        with pytest.raises(ClientError) as caught:
            place.respond("DEVICE_SRP_AUTH", session, "ada", **responses)
        assert refusal(caught) == ("InvalidParameterException", words)


def test_a_device_forgotten_between_its_steps_proves_nothing(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, _ = remembered(place)
    _, proof = begin_device(place, password_with(place, device), device)
    idp.admin_forget_device(UserPoolId=place.pool_id, Username="ada", DeviceKey=device.key)
    with pytest.raises(ClientError) as caught:
        prove(place, proof)
    assert refusal(caught)[0] == INVALID


def test_a_new_password_is_asked_before_the_device(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    enrol(place, result)
    idp.admin_set_user_password(UserPoolId=place.pool_id, Username="ada", Password=PASSWORD, Permanent=False)
    asked = password_with(place, device)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    asked = place.respond("NEW_PASSWORD_REQUIRED", asked["Session"], "ada", NEW_PASSWORD=OTHER_PASSWORD)
    _, proof = begin_device(place, asked, device)
    assert "AuthenticationResult" in prove(place, proof)


@pytest.fixture
def function(cognito: RunningCognito) -> Iterator[Function]:
    running = Function("devices")
    cognito.control("POST", "functions", {running.arn: running.address})
    yield running
    cognito.control("POST", "functions", {running.arn: None})
    running.stop()


def test_functions_are_told_of_devices(function: Function, idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    triggers: Any = {"PostAuthentication": function.arn, "PreTokenGeneration": function.arn}
    idp.update_user_pool(UserPoolId=place.pool_id, DeviceConfiguration=ALWAYS, LambdaConfig=triggers)
    device, _ = remembered(place)
    client_of(place, device).authenticate_user()
    events = [(event["triggerSource"], event["request"].get("newDeviceUsed")) for event in function.events]
    assert events == [
        ("PostAuthentication_Authentication", True),
        ("TokenGeneration_Authentication", None),
        ("PostAuthentication_Authentication", False),
        ("TokenGeneration_AuthenticateDevice", None),
    ]
