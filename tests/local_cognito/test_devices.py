"""Devices as things: confirmed, listed, changed, forgotten; and refresh tokens that belong to them."""

import base64
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

from local.cognito.quota_table import categories_of
from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import ALL_FLOWS, Place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.remembering import (
    ALWAYS,
    OPT_IN,
    client_of,
    configure,
    confirm,
    enrol,
    give_code,
    password_with,
    remembered,
    tracking,
)
from tests.local_cognito.running import RunningCognito

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

GONE = ("ResourceNotFoundException", "Device does not exist.")
INVALID_KEY = ("InvalidParameterException", "Invalid device key given.")
INVALID_TOKEN = ("NotAuthorizedException", "Invalid Refresh Token")


def _refused(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return refusal(caught)


def _attributes(device: Any) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in device["DeviceAttributes"]}


def _refresh(place: Place, result: Any, **parameters: str) -> Any:
    return place.idp.initiate_auth(
        ClientId=place.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": result["RefreshToken"], **parameters},
    )["AuthenticationResult"]


def test_only_the_sign_ins_own_key_is_confirmed_and_once(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    first, second = (place.password_sign_in("ada")["AuthenticationResult"] for _ in range(2))
    crossed = {**first, "NewDeviceMetadata": second["NewDeviceMetadata"]}
    assert _refused(confirm, place=place, result=crossed) == INVALID_KEY
    device, must_ask = confirm(place, first)
    assert not must_ask
    assert _refused(confirm, place=place, result=first)[0] == "DeviceKeyExistsException"
    idp.forget_device(AccessToken=first["AccessToken"], DeviceKey=device.key)
    assert _refused(confirm, place=place, result=first) == INVALID_KEY


@pytest.mark.parametrize(
    ("verifier", "salt"),
    [
        ("", "AQ=="),
        ("no Base64", "AQ=="),
        (base64.b64encode(b"\xff\x01").decode(), "AQ=="),  # A negative number, as Java reads it.
        (base64.b64encode(b"\x01").decode(), "AQ=="),
        (base64.b64encode(b"\x7f" * 500).decode(), "AQ=="),
        ("fw==", ""),
    ],
)
def test_a_verifier_must_be_one(idp: CognitoIdentityProviderClient, verifier: str, salt: str) -> None:
    place = tracking(idp)
    result = place.password_sign_in("ada")["AuthenticationResult"]
    named = {"AccessToken": result["AccessToken"], "DeviceKey": result["NewDeviceMetadata"]["DeviceKey"]}
    config = {"PasswordVerifier": verifier, "Salt": salt}
    assert _refused(idp.confirm_device, **named, DeviceSecretVerifierConfig=config)[0] == "InvalidParameterException"
    assert _refused(idp.confirm_device, **named)[0] == "InvalidParameterException"


def test_users_see_remembered_devices_and_administrators_all(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp, OPT_IN)
    device, result = remembered(place)
    own = {"AccessToken": result["AccessToken"], "DeviceKey": device.key}
    admin = {"UserPoolId": place.pool_id, "Username": "ada"}
    assert idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == []
    assert _refused(idp.get_device, **own) == GONE
    shown = idp.admin_get_device(**admin, DeviceKey=device.key)["Device"]
    assert _attributes(shown)["dev:device_remembered_status"] == "not_remembered"
    idp.admin_update_device_status(**admin, DeviceKey=device.key, DeviceRememberedStatus="remembered")
    shown = idp.get_device(**own)["Device"]
    assert _attributes(shown) == {
        "device_status": "valid",
        "device_name": "Laptop",
        "dev:device_arn": f"arn:aws:cognito-idp:us-east-1:{_account(idp, place)}:owner/ada.{place.pool_id}"
        f"/device/{device.key}",
        "dev:device_owner": f"ada.{place.pool_id}",
        "last_ip_used": "127.0.0.1",
        "dev:device_remembered_status": "remembered",
        "dev:device_sdk": "aws-sdk-unknown-unknown",
    }
    assert shown["DeviceCreateDate"] <= shown["DeviceLastModifiedDate"]
    before = shown["DeviceLastAuthenticatedDate"]
    client_of(place, device).authenticate_user()
    assert idp.get_device(**own)["Device"]["DeviceLastAuthenticatedDate"] > before
    assert [item["DeviceKey"] for item in idp.list_devices(AccessToken=own["AccessToken"])["Devices"]] == [device.key]


def _account(idp: CognitoIdentityProviderClient, place: Place) -> str:
    return idp.describe_user_pool(UserPoolId=place.pool_id)["UserPool"]["Arn"].split(":")[4]


def test_lists_come_in_pages(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    made = [remembered(place) for _ in range(5)]
    remembered(place, "grace")
    lists: list[tuple[Any, dict[str, str]]] = [
        (idp.list_devices, {"AccessToken": made[0][1]["AccessToken"]}),
        (idp.admin_list_devices, {"UserPoolId": place.pool_id, "Username": "ada"}),
    ]
    for call, whose in lists:
        pages = [call(**whose, Limit=2)]
        while "PaginationToken" in pages[-1]:
            pages.append(call(**whose, Limit=2, PaginationToken=pages[-1]["PaginationToken"]))
        assert [len(page["Devices"]) for page in pages] == [2, 2, 1]
        keys = {item["DeviceKey"] for page in pages for item in page["Devices"]}
        assert keys == {device.key for device, _ in made}
        assert _refused(call, **whose, PaginationToken="invented")[0] == "InvalidParameterException"


def test_what_is_not_there_is_refused_by_name(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    foreign, _ = remembered(place, "grace")
    remember: Any = {"DeviceRememberedStatus": "remembered"}
    own: Any = {"AccessToken": result["AccessToken"], "DeviceKey": foreign.key}
    admin: Any = {"UserPoolId": place.pool_id, "Username": "ada", "DeviceKey": foreign.key}
    assert _refused(idp.get_device, **own) == GONE
    assert _refused(idp.forget_device, **own) == GONE
    assert _refused(idp.update_device_status, **own, **remember) == GONE
    assert _refused(idp.admin_get_device, **admin) == GONE
    assert _refused(idp.admin_forget_device, **admin) == GONE
    assert _refused(idp.admin_update_device_status, **admin, **remember) == GONE
    nobody: Any = {"UserPoolId": place.pool_id, "Username": "nobody"}
    # The reading ones do not declare UserNotFoundException.
    assert _refused(idp.admin_list_devices, **nobody)[0] == "ResourceNotFoundException"
    assert _refused(idp.admin_get_device, **nobody, DeviceKey=device.key)[0] == "ResourceNotFoundException"
    assert _refused(idp.admin_forget_device, **nobody, DeviceKey=device.key)[0] == "UserNotFoundException"
    assert _refused(idp.forget_device, DeviceKey=device.key)[0] == "InvalidParameterException"
    mine: Any = {"AccessToken": result["AccessToken"], "DeviceKey": device.key}
    assert _refused(idp.update_device_status, **mine)[0] == "InvalidParameterException"
    configure(place, None)
    assert _refused(idp.get_device, **mine)[0] == "InvalidUserPoolConfigurationException"
    assert _refused(idp.admin_list_devices, **{**nobody, "Username": "ada"})[0] == (
        "InvalidUserPoolConfigurationException"
    )


def test_a_refresh_names_the_device_of_its_sign_in(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    other, _ = remembered(place)
    assert "AccessToken" in _refresh(place, result, DEVICE_KEY=device.key)
    assert _refused(_refresh, place=place, result=result) == INVALID_TOKEN
    assert _refused(_refresh, place=place, result=result, DEVICE_KEY=other.key) == INVALID_TOKEN
    unconfirmed = place.password_sign_in("ada")["AuthenticationResult"]
    key = unconfirmed["NewDeviceMetadata"]["DeviceKey"]
    assert _refused(_refresh, place=place, result=unconfirmed, DEVICE_KEY=key) == INVALID_TOKEN
    again = client_of(place, device).authenticate_user()["AuthenticationResult"]
    assert "AccessToken" in _refresh(place, again, DEVICE_KEY=device.key)
    configure(place, None)
    assert "AccessToken" in _refresh(place, result)


def test_refreshing_with_rotation_names_it_too(idp: CognitoIdentityProviderClient) -> None:
    flows = [flow for flow in ALL_FLOWS if flow != "ALLOW_REFRESH_TOKEN_AUTH"]
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    place = tracking(idp, ExplicitAuthFlows=flows, RefreshTokenRotation=rotation)
    device, result = remembered(place)
    old: Any = {"ClientId": place.client_id, "RefreshToken": result["RefreshToken"]}
    assert _refused(idp.get_tokens_from_refresh_token, **old) == INVALID_TOKEN
    fresh = idp.get_tokens_from_refresh_token(**old, DeviceKey=device.key)["AuthenticationResult"]["RefreshToken"]
    new: Any = {**old, "RefreshToken": fresh}
    assert _refused(idp.get_tokens_from_refresh_token, **new) == INVALID_TOKEN
    assert "AuthenticationResult" in idp.get_tokens_from_refresh_token(**new, DeviceKey=device.key)


def test_the_token_endpoint_refreshes_no_devices_sign_in(
    cognito: RunningCognito, idp: CognitoIdentityProviderClient
) -> None:
    place = tracking(idp)
    idp.create_user_pool_domain(UserPoolId=place.pool_id, Domain=f"devices-{secrets.token_hex(6)}")
    _, result = remembered(place)
    form = {"grant_type": "refresh_token", "client_id": place.client_id, "refresh_token": result["RefreshToken"]}
    refused = HTTP.post(f"{cognito.url}/oauth2/token", data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    configure(place, None)
    assert HTTP.post(f"{cognito.url}/oauth2/token", data=form).status_code == 200


@pytest.mark.parametrize("by_admin", [False, True])
def test_forgetting_a_device_ends_its_refresh_tokens(idp: CognitoIdentityProviderClient, by_admin: bool) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    kept, other = remembered(place)
    if by_admin:
        idp.admin_forget_device(UserPoolId=place.pool_id, Username="ada", DeviceKey=device.key)
    else:
        idp.forget_device(AccessToken=other["AccessToken"], DeviceKey=device.key)
    assert _refused(_refresh, place=place, result=result, DEVICE_KEY=device.key) == INVALID_TOKEN
    assert "AccessToken" in _refresh(place, other, DEVICE_KEY=kept.key)
    # Access tokens live on, and switching tracking off brings no refresh token back.
    assert idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ada"
    configure(place, None)
    assert _refused(_refresh, place=place, result=result) == INVALID_TOKEN


def test_devices_outlive_sign_outs_and_passwords_but_not_their_user(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp, ALWAYS)
    device, _ = remembered(place)
    admin: Any = {"UserPoolId": place.pool_id, "Username": "ada"}
    attributes: list[AttributeTypeTypeDef] = [
        {"Name": "email", "Value": "ada.device@acme.example"},
        {"Name": "email_verified", "Value": "true"},
    ]
    idp.admin_update_user_attributes(**admin, UserAttributes=attributes)
    idp.admin_user_global_sign_out(**admin)
    idp.admin_reset_user_password(**admin)
    assert [item["DeviceKey"] for item in idp.admin_list_devices(**admin)["Devices"]] == [device.key]
    idp.admin_delete_user(**admin)
    place.add_user("ada")
    assert idp.admin_list_devices(**admin)["Devices"] == []
    assert _refused(password_with, place=place, device=device) == GONE


def test_devices_count_as_resources_of_users() -> None:
    reads = ("GetDevice", "ListDevices", "AdminGetDevice", "AdminListDevices")
    writes = ("ConfirmDevice", "UpdateDeviceStatus", "ForgetDevice", "AdminForgetDevice", "AdminUpdateDeviceStatus")
    assert {categories_of(name, {})[0].name for name in reads} == {"UserResourceRead"}
    assert {categories_of(name, {})[0].name for name in writes} == {"UserResourceUpdate"}


def test_switching_tracking_off_forgets_nothing(idp: CognitoIdentityProviderClient) -> None:
    place = tracking(idp)
    device, result = remembered(place)
    totp = enrol(place, result)
    configure(place, None)
    assert "DeviceConfiguration" not in idp.describe_user_pool(UserPoolId=place.pool_id)["UserPool"]
    again = give_code(place, password_with(place, device), totp)
    assert "NewDeviceMetadata" not in again["AuthenticationResult"]
    configure(place, ALWAYS)
    assert idp.describe_user_pool(UserPoolId=place.pool_id)["UserPool"]["DeviceConfiguration"] == ALWAYS
    assert "AuthenticationResult" in client_of(place, device).authenticate_user()
