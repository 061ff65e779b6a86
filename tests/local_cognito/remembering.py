"""Signing in from devices: pools that track them, pycognito as the device, and the steps one by one."""

from dataclasses import dataclass
from typing import Any

import pyotp
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from pycognito.aws_srp import AWSSRP, generate_hash_device, long_to_hex

from tests.local_cognito.cast import PASSWORD, Place, make_place, next_code

# The names are those of the choices in AWS's console.
ALWAYS: Any = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
OPT_IN: Any = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
WITH_MFA: Any = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}


@dataclass(frozen=True)
class Device:
    """What a device keeps once it is confirmed."""

    key: str
    group: str
    password: str


def tracking(idp: CognitoIdentityProviderClient, configuration: Any = ALWAYS, **client: Any) -> Place:
    """A pool that tracks devices, with optional TOTP and the users ada and grace."""
    place = make_place(idp, pool={"DeviceConfiguration": configuration}, **client)
    idp.set_user_pool_mfa_config(
        UserPoolId=place.pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    place.add_user("ada")
    place.add_user("grace")
    return place


def configure(place: Place, configuration: Any) -> None:
    """Change how the pool tracks devices, None for not at all."""
    given = {} if configuration is None else {"DeviceConfiguration": configuration}
    place.idp.update_user_pool(UserPoolId=place.pool_id, MfaConfiguration="OPTIONAL", **given)


def confirm(place: Place, result: Any, name: str = "Laptop") -> tuple[Device, bool]:
    """ConfirmDevice for a sign-in's new key; with whether the user must be asked."""
    new = result["NewDeviceMetadata"]
    password, config = generate_hash_device(new["DeviceGroupKey"], new["DeviceKey"])
    answer = place.idp.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=new["DeviceKey"],
        DeviceSecretVerifierConfig=config,
        DeviceName=name,
    )
    device = Device(new["DeviceKey"], new["DeviceGroupKey"], password)
    return device, bool(answer["UserConfirmationNecessary"])


def remembered(place: Place, username: str = "ada") -> tuple[Device, Any]:
    """A device of the user, by a sign-in without a second factor; with that sign-in's result."""
    result = place.password_sign_in(username)["AuthenticationResult"]
    return confirm(place, result)[0], result


def enrol(place: Place, result: Any) -> pyotp.TOTP:
    """Switch TOTP on for whom a sign-in was of."""
    token = result["AccessToken"]
    totp = pyotp.TOTP(place.idp.associate_software_token(AccessToken=token)["SecretCode"])
    place.idp.verify_software_token(AccessToken=token, UserCode=totp.now())
    place.idp.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return totp


def give_code(place: Place, asked: Any, totp: pyotp.TOTP, username: str = "ada", **responses: str) -> Any:
    """Answer SOFTWARE_TOKEN_MFA."""
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    return place.respond(
        "SOFTWARE_TOKEN_MFA", asked["Session"], username, SOFTWARE_TOKEN_MFA_CODE=next_code(totp), **responses
    )


def client_of(place: Place, device: Device, username: str = "ada", password: str = PASSWORD) -> AWSSRP:
    """An independent client that signs in from a device."""
    return AWSSRP(
        username,
        password,
        place.pool_id,
        place.client_id,
        client=place.idp,
        client_secret=place.secret,
        device_key=device.key,
        device_group_key=device.group,
        device_password=device.password,
    )


def password_with(place: Place, device: Device, username: str = "ada") -> Any:
    """InitiateAuth with USER_PASSWORD_AUTH from a device."""
    return place.idp.initiate_auth(
        ClientId=place.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters=place.with_hash(username, PASSWORD=PASSWORD, DEVICE_KEY=device.key),
    )


def begin_device(place: Place, asked: Any, device: Device, username: str = "ada") -> tuple[Any, dict[str, str]]:
    """Answer DEVICE_SRP_AUTH; returns the next challenge and the responses that answer it."""
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    client = client_of(place, device, username)
    started = place.respond(
        "DEVICE_SRP_AUTH",
        asked["Session"],
        username,
        DEVICE_KEY=device.key,
        SRP_A=long_to_hex(client.large_a_value),
    )
    assert started["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    return started, client.process_device_challenge(started["ChallengeParameters"])


def prove(place: Place, responses: dict[str, str]) -> Any:
    """Answer DEVICE_PASSWORD_VERIFIER."""
    return place.idp.respond_to_auth_challenge(
        ClientId=place.client_id, ChallengeName="DEVICE_PASSWORD_VERIFIER", ChallengeResponses=responses
    )
