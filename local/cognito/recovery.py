"""Forgotten passwords: codes by mail."""

import hashlib
import hmac
import secrets

from local.cognito.client_auth import check_secret_hash, hides_existence
from local.cognito.clients import find_client
from local.cognito.custom_message import custom_words
from local.cognito.errors import ServiceError, invalid, not_authorized
from local.cognito.messages import reset_code
from local.cognito.model import Doc
from local.cognito.one_time_codes import masked
from local.cognito.operations import Call, operation
from local.cognito.passwords import set_password
from local.cognito.second_factors import EMAIL
from local.cognito.signin_functions import post_confirmation
from local.cognito.users import User, find_user, save_user

_CODE_SECONDS = 3600  # reset codes live one hour (DG:quotas)
_MAX_WRONG_CODES = 5


def _digest(sub: str, code: str) -> str:
    return hashlib.sha256(f"{sub}:{code}".encode()).hexdigest()


def require_reset_address(user: User) -> None:
    """Raise unless the user may get a code: not invited only, and with a verified e-mail address."""
    if user.status == "FORCE_CHANGE_PASSWORD" or user.status == "EXTERNAL_PROVIDER" or not user.enabled:
        raise not_authorized("User password cannot be reset in the current state.")
    verified = user.attributes.get("email_verified") == "true" and user.attributes.get("email")
    # Nobody gets a new password over the channel of their second factor (DG:user-pool-settings-mfa).
    if not verified or EMAIL in user.mfa:
        raise invalid("Cannot reset password for the user as there is no registered/verified email or phone_number")


def send_reset_code(call: Call, pool: Doc, user: User, client_id: str) -> None:
    """Replace any outstanding code by a new one and send it; the caller saves the user."""
    words = custom_words(call, pool, user, client_id, "ForgotPassword")
    code = f"{secrets.randbelow(1_000_000):06d}"
    user.reset_code = {
        "digest": _digest(user.sub, code),
        "expires": call.clock.now() + _CODE_SECONDS,
        "failures": 0,
    }
    call.outbox.append(reset_code(pool, user, code, words))


def _delivery(address: str) -> Doc:
    details = {"Destination": masked(address), "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    return {"CodeDeliveryDetails": details}


@operation("ForgotPassword")
def forgot_password(call: Call) -> Doc:
    """Send a code; for an unknown user a client that hides existence answers as if it had."""
    client = find_client(call.store, str(call.params["ClientId"]))
    pool, name = call.pool(str(client["UserPoolId"])), str(call.params["Username"])
    check_secret_hash(client, name, call.params.get("SecretHash"))
    mechanisms = pool.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
    if any(mechanism["Name"] == "admin_only" for mechanism in mechanisms):
        raise not_authorized("Contact administrator to reset password.")
    user = find_user(call.store, pool, name)
    if user is None:
        if hides_existence(client):
            return _delivery(name if "@" in name else f"{name[:1]}@example.com")
        raise ServiceError("UserNotFoundException", "Username/client id combination not found.")
    require_reset_address(user)
    send_reset_code(call, pool, user, str(client["ClientId"]))
    save_user(call, user)
    return _delivery(user.attributes["email"])


@operation("ConfirmForgotPassword")
def confirm_forgot_password(call: Call) -> Doc:
    """Set a new password with the code; a code that the policy's refusal met can be used again."""
    client = find_client(call.store, str(call.params["ClientId"]))
    pool, name = call.pool(str(client["UserPoolId"])), str(call.params["Username"])
    check_secret_hash(client, name, call.params.get("SecretHash"))
    user = find_user(call.store, pool, name)
    if user is None and not hides_existence(client):
        raise ServiceError("UserNotFoundException", "Username/client id combination not found.")
    expired = ServiceError("ExpiredCodeException", "Invalid code provided, please request a code again.")
    if user is None or user.reset_code is None or user.reset_code["expires"] <= call.clock.now():
        raise expired
    if user.reset_code["failures"] >= _MAX_WRONG_CODES:
        raise ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    if not hmac.compare_digest(user.reset_code["digest"], _digest(user.sub, str(call.params["ConfirmationCode"]))):
        user.reset_code["failures"] += 1
        save_user(call, user)
        message = "Invalid verification code provided, please try again."
        raise ServiceError("CodeMismatchException", message, keep_changes=True)
    set_password(pool, user, str(call.params["Password"]))
    save_user(call, user)
    post_confirmation(call, pool, str(client["ClientId"]), user, "ConfirmForgotPassword")
    return {}
