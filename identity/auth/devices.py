"""Remembered devices: browsers in which a person has shown a second factor, and is not asked for one for a while.

Cognito keeps a verifier of a password that is made up for the device (ConfirmDevice). At later sign-ins the device
proves that it has it, as people prove theirs: DEVICE_SRP_AUTH, then DEVICE_PASSWORD_VERIFIER. Sources: the developer
guide, "Working with user devices in your user pool"; amazon-cognito-identity-js, which AWS publishes, for what is
hashed.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import SecretStr

from identity.auth.challenges import answer_to, read_answer
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef, Device, NewDevice, SignedIn, SignInResult
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.errors import InvalidRequest, NotFound, Terminal
from identity.cognito.gate import call
from identity.cognito.srp import PasswordClaim, SrpSession, device_verifier

# Of a password that nobody types: as much as the hash takes in.
_PASSWORD_BYTES = 32
# The most that ConfirmDevice takes of a name (botocore's service model).
_LONGEST_NAME = 1024


class NotAccepted(Exception):
    """Cognito does not know the device, or does not believe that this is it: the sign-in begins again without."""


def confirm_device(client: AppClientRef, new: NewDevice, *, access_token: SecretStr, name: str) -> Device:
    """Have Cognito remember the device that a person is at.

    Arguments:
        new: of ``SignedIn``.
        access_token: of that very sign-in.
        name: what administrators see in AWS's console.

    Raises:
        AuthError: Cognito does not remember it, or cannot now.
    """
    device = Device(new.key, new.group_key, secrets.token_urlsafe(_PASSWORD_BYTES))
    made = device_verifier(device.group_key, device.key, device.password)
    of_device = {"AccessToken": access_token.get_secret_value(), "DeviceKey": device.key}
    asked = {
        **of_device,
        "DeviceSecretVerifierConfig": {"PasswordVerifier": made.verifier, "Salt": made.salt},
        "DeviceName": name[:_LONGEST_NAME],
    }
    with auth_errors():
        answer = call(client.endpoint, "ConfirmDevice", asked, priority=Priority.SIGN_IN, pool_id=client.pool_id)
        if answer.get("UserConfirmationNecessary"):
            remembered = {**of_device, "DeviceRememberedStatus": "remembered"}
            call(client.endpoint, "UpdateDeviceStatus", remembered, priority=Priority.SIGN_IN, pool_id=client.pool_id)
    return device


def forget_device(pool: PoolRef, username: str, key: str) -> None:
    """Have Cognito remember a device no longer. Repeatable: one that is not there is forgotten.

    Raises:
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        try:
            users.forget_device(pool, username, key, priority=Priority.BULK)
        except NotFound:
            return


def sign_in_from(
    device: Device, client: AppClientRef, username: str, responses: Mapping[str, str], *, session: str | None
) -> SignInResult:
    """Answer PASSWORD_VERIFIER from a device, and have the device prove itself where Cognito asks for that.

    Arguments:
        username: ``USER_ID_FOR_SRP`` of the challenge.
        responses: to the challenge, without the device.

    Raises:
        NotAccepted: it counts as none.
        CognitoError: as for any answer.
    """
    named = {"DEVICE_KEY": device.key}
    try:
        answer = answer_to(client, "PASSWORD_VERIFIER", username, {**responses, **named}, session=session)
    except (InvalidRequest, NotFound) as error:
        raise NotAccepted from error
    if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
        # Cognito would ask for the device after that.
        raise NotAccepted
    if answer.get("ChallengeName") != "DEVICE_SRP_AUTH":
        return read_answer(answer, username)
    srp = SrpSession.start()
    begun = {**named, "SRP_A": srp.srp_a}
    try:
        answer = answer_to(client, "DEVICE_SRP_AUTH", username, begun, session=answer.get("Session"))
        challenge = answer["ChallengeParameters"]
        claim = srp.device_claim(
            group_key=device.group_key,
            device_key=device.key,
            password=device.password,
            salt=challenge["SALT"],
            srp_b=challenge["SRP_B"],
            secret_block=challenge["SECRET_BLOCK"],
            now=datetime.now(UTC),
        )
        proof = {**named, **claim_responses(claim, challenge["SECRET_BLOCK"])}
        answer = answer_to(client, "DEVICE_PASSWORD_VERIFIER", username, proof, session=answer.get("Session"))
    except Terminal as error:
        raise NotAccepted from error
    result = read_answer(answer, username)
    return replace(result, by_device=True) if isinstance(result, SignedIn) else result


def claim_responses(claim: PasswordClaim, secret_block: str) -> dict[str, str]:
    """The responses in which Cognito takes a proof by SRP.

    Arguments:
        secret_block: ``SECRET_BLOCK`` of the challenge, in base64.
    """
    return {
        "PASSWORD_CLAIM_SIGNATURE": claim.signature,
        "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
        "TIMESTAMP": claim.timestamp,
    }
