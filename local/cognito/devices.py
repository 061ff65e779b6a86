"""Devices of a user: which are known, which are remembered, and what they are needed for.

A sign-in that names no device gets a new key. ConfirmDevice makes a device of it, which is then tracked; it is
remembered at once, or when the user says so (B:DeviceConfigurationType). Only a remembered one proves itself at a
sign-in (DG:amazon-cognito-user-pools-device-tracking).
"""

import base64
import hashlib
import hmac
import uuid

from local.cognito.errors import not_authorized, not_found
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.paging import service_secret
from local.cognito.users import User

REMEMBERED, NOT_REMEMBERED = "remembered", "not_remembered"
_GROUP_BYTES = 6


def tracks_devices(pool: Doc) -> bool:
    """Whether the pool tracks devices: any value in its configuration switches that on (B:DeviceConfigurationType)."""
    return bool(pool.get("DeviceConfiguration"))


def remembers_at_once(pool: Doc) -> bool:
    """Whether a confirmed device is remembered without a question to the user."""
    return not pool["DeviceConfiguration"].get("DeviceOnlyRememberedOnUserPrompt", False)


def replaces_mfa(pool: Doc) -> bool:
    """Whether a remembered device stands for the second factor."""
    return bool(pool["DeviceConfiguration"].get("ChallengeRequiredOnNewDevice", False))


def new_key(pool: Doc) -> str:
    """A new DeviceKey: Region, underscore, UUID."""
    return f"{str(pool['Id']).split('_')[0]}_{uuid.uuid4()}"


def group_key(call: Call, pool: Doc) -> str:
    """The pool's DeviceGroupKey, in the form of AWS's examples (``-v7w9UcY6``)."""
    digest = hmac.digest(service_secret(call.store), f"devices|{pool['Id']}".encode(), hashlib.sha256)
    return f"-{base64.b32encode(digest[:_GROUP_BYTES]).decode()[:8]}"


def find_device(call: Call, sub: str, key: str) -> Doc | None:
    """A user's confirmed device."""
    return call.store.get("devices", sub=sub, device_key=key)


def require_device(call: Call, user: User, key: str) -> Doc:
    """A user's confirmed device, or ResourceNotFoundException, worded as in amazon-cognito-identity-js#200."""
    device = find_device(call, user.sub, key)
    if device is None:
        raise not_found("Device does not exist.")
    return device


def save_device(call: Call, device: Doc) -> None:
    """Write a changed device."""
    call.store.update("devices", device, sub=str(device["sub"]), device_key=str(device["key"]))


def named_device(call: Call, pool: Doc, user: User, carried: object = None) -> Doc | None:
    """The device that a sign-in names by DEVICE_KEY, None where it names none or the pool tracks none.

    Args:
        carried: the key that an earlier step named; forgotten meanwhile, it counts as none.

    Raises:
        ServiceError: ResourceNotFoundException where this step names one that the user does not have. Clients take the
            step again without the key then (amazon-cognito-identity-js#206), so an SRP exchange must stay usable.
    """
    if not tracks_devices(pool):
        return None
    given = call.params.get("AuthParameters") or call.params.get("ChallengeResponses") or {}
    if given.get("DEVICE_KEY"):
        return require_device(call, user, str(given["DEVICE_KEY"]))
    return None if carried is None else find_device(call, user.sub, str(carried))


def is_remembered(device: Doc | None) -> bool:
    """Whether there is a device, and it is remembered."""
    return device is not None and device["status"] == REMEMBERED


def key_of(device: Doc | None) -> Doc:
    """What a step's session keeps of the device."""
    return {} if device is None else {"device": device["key"]}


def require_device_of_family(call: Call, pool: Doc, family: Doc, key: object) -> None:
    """Raise unless a refresh names the confirmed device that its sign-in was from, where the pool tracks devices.

    "You must provide the confirmed device key in this request if device remembering is enabled"
    (B:GetTokensFromRefreshTokenRequest); the words are those of aws-sdk-java#2841.
    """
    if not tracks_devices(pool):
        return
    if not key or key != family.get("device") or find_device(call, str(family["sub"]), str(key)) is None:
        raise not_authorized("Invalid Refresh Token")


def forget(call: Call, device: Doc) -> None:
    """Remove a device. Refresh tokens of sign-ins from it are useless; access tokens live on.

    "all future calls to revalidate that device's refresh tokens will fail" (AWS Mobile Blog, "Tracking and Remembering
    Devices Using Amazon Cognito Your User Pools").
    """
    sub, key = str(device["sub"]), str(device["key"])
    call.store.delete("devices", sub=sub, device_key=key)
    for family in call.store.select("token_families", sub=sub):
        if family.get("device") == key:
            call.store.delete("refresh_tokens", family_id=str(family["id"]))
            call.store.update("token_families", {**family, "device": None}, id=str(family["id"]))
