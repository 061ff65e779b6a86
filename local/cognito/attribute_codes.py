"""Codes by which people show that a mail address or a telephone number is theirs, with their own access token."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from local.cognito.attributes import claim_aliases
from local.cognito.custom_message import custom_words
from local.cognito.errors import ServiceError, invalid
from local.cognito.messages import attribute_letter, attribute_text
from local.cognito.model import Doc
from local.cognito.one_time_codes import masked
from local.cognito.operations import Call, operation
from local.cognito.texts import send_text
from local.cognito.token_holder import token_holder
from local.cognito.users import User, save_user

_CODE_SECONDS = 24 * 3600  # attribute codes live a day (DG:quotas)
_MAX_WRONG_CODES = 5
_SENT_AN_HOUR, _TRIED_AN_HOUR = 5, 15  # DG:quotas, hourly per-user caps
_VERIFIABLE = ("email", "phone_number")


@operation("GetUserAttributeVerificationCode")
def get_user_attribute_verification_code(call: Call) -> Doc:
    """Send a code to the address or number that the user has."""
    pool, claims, user = token_holder(call)
    name = _verifiable(call)
    address = user.attributes.get(name, "")
    if not address:
        raise invalid(f"User does not have {name} set")
    if name == "phone_number" and "SmsConfiguration" not in pool:
        raise invalid("This user pool sends no SMS.")
    _spend(call, user, f"{name}.sent", _SENT_AN_HOUR)
    sender = Sender(str(claims["client_id"]), "VerifyUserAttribute")
    delivery = send_attribute_code(call, pool, user, name, address, sender)
    save_user(call, user)
    return {"CodeDeliveryDetails": delivery}


class Sender(NamedTuple):
    """What the pool's function is told of a message beside its user: the app client, and what sends it."""

    client_id: str
    source: str


def send_attribute_code(call: Call, pool: Doc, user: User, name: str, address: str, sender: Sender) -> Doc:
    """Send a code to an address that is the user's once the code comes back; the caller saves the user."""
    words = custom_words(call, pool, user, *sender)
    code = f"{secrets.randbelow(1_000_000):06d}"
    user.attribute_codes[name] = {
        "digest": _digest(user.sub, name, code),
        "expires": call.clock.now() + _CODE_SECONDS,
        "failures": 0,
        "address": address,
    }
    if name == "email":
        call.outbox.append(attribute_letter(pool, address, code, words))
        return {"Destination": masked(address), "DeliveryMedium": "EMAIL", "AttributeName": name}
    send_text(call, attribute_text(pool, address, code, words))
    return {"Destination": f"+*******{address[-4:]}", "DeliveryMedium": "SMS", "AttributeName": name}


@operation("VerifyUserAttribute")
def verify_user_attribute(call: Call) -> Doc:
    """Take a code, after which the address that it was sent to is the user's verified one."""
    pool, _, user = token_holder(call)
    take_attribute_code(call, user, _verifiable(call), str(call.params["Code"]))
    save_user(call, user)
    claim_aliases(call, pool, user, force=False)
    return {}


def take_attribute_code(call: Call, user: User, name: str, code: str) -> None:
    """Make the address that a code was sent to the user's verified one; the caller saves the user.

    Raises:
        ServiceError: the code is too old, wrong, or was guessed at too often.
    """
    sent = user.attribute_codes.get(name)
    if sent is None or sent["expires"] <= call.clock.now():
        raise expired_code()
    _spend(call, user, f"{name}.tried", _TRIED_AN_HOUR)
    if sent["failures"] >= _MAX_WRONG_CODES:
        raise ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    if not hmac.compare_digest(sent["digest"], _digest(user.sub, name, code)):
        sent["failures"] += 1
        save_user(call, user)
        message = "Invalid verification code provided, please try again."
        raise ServiceError("CodeMismatchException", message, keep_changes=True)
    del user.attribute_codes[name]
    user.attributes |= {name: sent["address"], f"{name}_verified": "true"}


def expired_code() -> ServiceError:
    """The refusal of a code that is none any more; also what nobody's code gets where existence is hidden."""
    return ServiceError("ExpiredCodeException", "Invalid code provided, please request a code again.")


def _verifiable(call: Call) -> str:
    name = str(call.params["AttributeName"])
    if name not in _VERIFIABLE:
        raise invalid(f"{name} cannot be verified.")
    return name


def _digest(sub: str, name: str, code: str) -> str:
    return hashlib.sha256(f"{sub}:{name}:{code}".encode()).hexdigest()


def _spend(call: Call, user: User, what: str, most: int) -> None:
    """Count one within the hour; the caller saves the user."""
    now = call.clock.now()
    recent = [moment for moment in user.attribute_calls.get(what, []) if moment > now - 3600]
    if len(recent) >= most:
        raise ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    user.attribute_calls[what] = [*recent, now]
