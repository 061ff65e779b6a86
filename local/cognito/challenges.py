"""What a sign-in still needs, and the answers that carry a challenge or tokens."""

import json

from local.cognito import one_time_codes
from local.cognito.attributes import missing_required
from local.cognito.devices import (
    group_key,
    is_remembered,
    key_of,
    named_device,
    new_key,
    replaces_mfa,
    tracks_devices,
)
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.second_factors import TOTP, active, offered
from local.cognito.sessions import open_session
from local.cognito.signin_functions import post_authentication
from local.cognito.tokens import sign_in_result
from local.cognito.users import User

DEVICE_STEP = "DEVICE_SRP_AUTH"


def challenge(
    call: Call, client: Doc, user: User, name: str, parameters: dict[str, str], data: Doc | None = None
) -> Doc:
    """An answer that asks for challenge `name`; `data` is what its step needs to remember."""
    session = open_session(call, client, name, sub=user.sub, username=user.username, data=data or {})
    return {
        "ChallengeName": name,
        "Session": session,
        "ChallengeParameters": {"USER_ID_FOR_SRP": user.username, **parameters},
    }


def after_password(call: Call, pool: Doc, client: Doc, user: User) -> Doc:
    """The next step once the password was right: a new password where it was temporary, else MFA."""
    if user.status != "FORCE_CHANGE_PASSWORD":
        return after_new_password(call, pool, client, user)
    missing = [f"userAttributes.{name}" for name in missing_required(pool, user.attributes)]
    shown = {name: value for name, value in user.attributes.items() if name != "sub"}
    parameters = {"requiredAttributes": json.dumps(missing), "userAttributes": json.dumps(shown)}
    kept = key_of(named_device(call, pool, user))
    return challenge(call, client, user, "NEW_PASSWORD_REQUIRED", parameters, kept)


def after_new_password(call: Call, pool: Doc, client: Doc, user: User, carried: object = None) -> Doc:
    """MFA where pool and user have it, set-up where the pool demands it (DG:user-pool-settings-mfa), else tokens.

    A remembered device stands for the second factor where the pool says so. `carried` is the device's key that an
    earlier step named.
    """
    factors, device = active(pool, user), named_device(call, pool, user, carried)
    if device is not None and factors and is_remembered(device) and replaces_mfa(pool):
        return _device_asked(call, client, user, device)
    if user.preferred_mfa in factors:
        return second_factor(call, pool, client, user, str(user.preferred_mfa), device)
    if len(factors) == 1:
        return second_factor(call, pool, client, user, factors[0], device)
    if factors:
        # "If multiple options are activated and no preference is set" (B:AdminSetUserMFAPreference).
        parameters = {"MFAS_CAN_CHOOSE": json.dumps(factors)}
        return challenge(call, client, user, "SELECT_MFA_TYPE", parameters, {"factors": factors, **key_of(device)})
    if pool["MfaConfiguration"] != "ON":
        return completed(call, pool, client, user, carried)
    return challenge(call, client, user, "MFA_SETUP", {"MFAS_CAN_SETUP": json.dumps(offered(pool))}, key_of(device))


def _device_asked(call: Call, client: Doc, user: User, device: Doc) -> Doc:
    """An answer that asks the device for its proof."""
    session = open_session(call, client, DEVICE_STEP, sub=user.sub, username=user.username, data=key_of(device))
    return {"ChallengeName": DEVICE_STEP, "Session": session, "ChallengeParameters": {}}


def second_factor(call: Call, pool: Doc, client: Doc, user: User, factor: str, device: Doc | None) -> Doc:
    """An answer that asks for a second factor, whose code has been sent where one is."""
    if factor == TOTP:
        return challenge(call, client, user, factor, {}, key_of(device))
    code = one_time_codes.new_code(factor)
    one_time_codes.deliver(call, pool, client, user, factor, code)
    parameters = one_time_codes.delivery(pool, user, factor, user.username)
    kept = {"code": one_time_codes.digest(user.username, code), **key_of(device)}
    return challenge(call, client, user, factor, parameters, kept)


def completed(call: Call, pool: Doc, client: Doc, user: User, carried: object = None) -> Doc:
    """What comes when the user has proved all: tokens, but a remembered device proves itself before.

    It does so at every sign-in, also where it stands for no second factor ("on every user sign-in with that device",
    DG:amazon-cognito-user-pools-device-tracking in 2023's text). `carried` is the key that an earlier step named.
    """
    device = named_device(call, pool, user, carried)
    if device is not None and is_remembered(device):
        return _device_asked(call, client, user, device)
    return signed_in(call, pool, client, user, device)


def signed_in(call: Call, pool: Doc, client: Doc, user: User, device: Doc | None) -> Doc:
    """An answer with tokens, unless a function of the pool refuses them; from no device, with the key of a new one."""
    is_new = device is None and tracks_devices(pool)
    post_authentication(call, pool, client, user, new_device=is_new)
    key = new_key(pool) if is_new else key_of(device).get("device")
    result = sign_in_result(call, pool, client, user, device=key)
    if is_new:
        result["NewDeviceMetadata"] = {"DeviceKey": key, "DeviceGroupKey": group_key(call, pool)}
    return {"ChallengeParameters": {}, "AuthenticationResult": result}
