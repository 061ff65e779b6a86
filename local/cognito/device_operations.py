"""What users and administrators do with devices.

Users see their remembered devices, administrators all that are confirmed: the users' operations "do not expose" those
that are not remembered (Amplify's "Device features"; aws-sdk-android's AWSMobileClientTest expects it).
"""

import base64
import binascii

from local.cognito import srp
from local.cognito.devices import (
    NOT_REMEMBERED,
    REMEMBERED,
    find_device,
    forget,
    is_remembered,
    remembers_at_once,
    require_device,
    save_device,
    tracks_devices,
)
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import Condition
from local.cognito.token_holder import token_holder
from local.cognito.users import User, find_user, require_user

_REMEMBERED_ONLY = Condition("json_extract(doc, '$.status') = ?", (REMEMBERED,))


def _require_tracking(pool: Doc) -> None:
    if not tracks_devices(pool):
        message = "Device tracking is not enabled for this user pool."
        raise ServiceError("InvalidUserPoolConfigurationException", message)


def _holder(call: Call) -> tuple[Doc, Doc, User]:
    """Pool, claims and user of the access token, which the model does not demand everywhere."""
    if not call.params.get("AccessToken"):
        raise invalid("Missing required parameter AccessToken")
    pool, claims, user = token_holder(call)
    _require_tracking(pool)
    return pool, claims, user


def _named(call: Call) -> tuple[Doc, User]:
    """Pool and user of an administrator's operation that changes something."""
    pool, user = call.pool(), require_user(call)
    _require_tracking(pool)
    return pool, user


def _read(call: Call) -> tuple[Doc, User]:
    """Pool and user of an administrator's operation that reads; those do not declare UserNotFoundException."""
    pool = call.pool()
    user = find_user(call.store, pool, str(call.params["Username"]))
    if user is None:
        raise not_found("User does not exist.")
    _require_tracking(pool)
    return pool, user


@operation("ConfirmDevice")
def confirm_device(call: Call) -> Doc:
    """Make a device of the key that this very sign-in was given; the words are those of boto3#4059."""
    pool, claims, user = _holder(call)
    key = str(call.params["DeviceKey"])
    family = call.store.get("token_families", id=str(claims["event_id"]))
    if family is None or family.get("device") != key:
        raise invalid("Invalid device key given.")
    if find_device(call, user.sub, key) is not None:
        raise ServiceError("DeviceKeyExistsException", "Device already exists.")
    config: Doc = call.params.get("DeviceSecretVerifierConfig", {})
    at_once, now = remembers_at_once(pool), call.clock.now()
    device = {
        "key": key,
        "sub": user.sub,
        "name": call.params.get("DeviceName"),
        "salt": f"{_number(config, 'Salt'):x}",
        "verifier": f"{_verifier(config):x}",
        "status": REMEMBERED if at_once else NOT_REMEMBERED,
        "created": now,
        "modified": now,
        "authenticated": now,
    }
    call.store.insert("devices", device, sub=user.sub, device_key=key)
    return {"UserConfirmationNecessary": not at_once}


def _verifier(config: Doc) -> int:
    verifier = _number(config, "PasswordVerifier")
    if not srp.is_element(verifier):
        raise invalid("Invalid PasswordVerifier")
    return verifier


def _number(config: Doc, name: str) -> int:
    """A positive number from Base64 of its two's-complement bytes, as amazon-cognito-identity-js pads it."""
    try:
        number = int.from_bytes(base64.b64decode(str(config.get(name, "")), validate=True), "big", signed=True)
    except binascii.Error as error:
        raise invalid(f"Invalid {name}") from error
    if number <= 0:
        raise invalid(f"Invalid {name}")
    return number


@operation("UpdateDeviceStatus")
def update_device_status(call: Call) -> Doc:
    """The user's word on whether a device is remembered."""
    _, _, user = _holder(call)
    return _set_status(call, user)


@operation("AdminUpdateDeviceStatus")
def admin_update_device_status(call: Call) -> Doc:
    """An administrator's word on whether a device is remembered."""
    _, user = _named(call)
    return _set_status(call, user)


def _set_status(call: Call, user: User) -> Doc:
    device = require_device(call, user, str(call.params["DeviceKey"]))
    if "DeviceRememberedStatus" not in call.params:
        raise invalid("Missing required parameter DeviceRememberedStatus")
    changed = {"status": call.params["DeviceRememberedStatus"], "modified": call.clock.now()}
    save_device(call, {**device, **changed})
    return {}


@operation("ForgetDevice")
def forget_device(call: Call) -> Doc:
    """Remove one of the user's own devices."""
    _, _, user = _holder(call)
    forget(call, require_device(call, user, str(call.params["DeviceKey"])))
    return {}


@operation("AdminForgetDevice")
def admin_forget_device(call: Call) -> Doc:
    """Remove a user's device."""
    _, user = _named(call)
    forget(call, require_device(call, user, str(call.params["DeviceKey"])))
    return {}


@operation("GetDevice")
def get_device(call: Call) -> Doc:
    """One of the user's own remembered devices."""
    pool, _, user = _holder(call)
    device = require_device(call, user, str(call.params["DeviceKey"]))
    if not is_remembered(device):
        raise not_found("Device does not exist.")
    return {"Device": _shown(pool, user, device)}


@operation("AdminGetDevice")
def admin_get_device(call: Call) -> Doc:
    """A user's device, remembered or not."""
    pool, user = _read(call)
    return {"Device": _shown(pool, user, require_device(call, user, str(call.params["DeviceKey"])))}


@operation("ListDevices")
def list_devices(call: Call) -> Doc:
    """The user's own remembered devices."""
    pool, _, user = _holder(call)
    return _listed(call, pool, user, _REMEMBERED_ONLY)


@operation("AdminListDevices")
def admin_list_devices(call: Call) -> Doc:
    """A user's devices, remembered or not."""
    pool, user = _read(call)
    return _listed(call, pool, user, None)


def _listed(call: Call, pool: Doc, user: User, where: Condition | None) -> Doc:
    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("devices", order="device_key", after=after, limit=limit, where=where, sub=user.sub)

    page = read_page(call, fetch, lambda device: str(device["key"]), limit_name="Limit", page_member="PaginationToken")
    devices = [_shown(pool, user, device) for device in page.items]
    return with_token({"Devices": devices}, page, "PaginationToken")


def _shown(pool: Doc, user: User, device: Doc) -> Doc:
    """A device as B:DeviceType, with the attributes of AWS's examples; everybody comes from this machine here."""
    owner = f"{user.username}.{pool['Id']}"
    account = str(pool["Arn"]).partition("userpool/")[0]
    attributes = {
        "device_status": "valid",
        **({} if device["name"] is None else {"device_name": device["name"]}),
        "dev:device_arn": f"{account}owner/{owner}/device/{device['key']}",
        "dev:device_owner": owner,
        "last_ip_used": "127.0.0.1",
        "dev:device_remembered_status": device["status"],
        "dev:device_sdk": "aws-sdk-unknown-unknown",
    }
    return {
        "DeviceKey": device["key"],
        "DeviceAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
        "DeviceCreateDate": device["created"],
        "DeviceLastModifiedDate": device["modified"],
        "DeviceLastAuthenticatedDate": device["authenticated"],
    }
