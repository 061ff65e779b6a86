"""Codes that are sent to people while they sign in: as a first factor or a second."""

import hashlib
import hmac
import secrets

from local.cognito.custom_message import custom_words
from local.cognito.messages import sign_in_letter, sign_in_text
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.texts import send_text
from local.cognito.users import User

# What may stand alone is longer. How long AWS's are is not documented.
_DIGITS = {"EMAIL_OTP": 8, "SMS_OTP": 8, "SMS_MFA": 6}
_EMAIL = "EMAIL_OTP"


def new_code(factor: str) -> str:
    """A random code of the factor's length."""
    digits = _DIGITS[factor]
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def digest(username: str, code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"{username}:{code}".encode()).hexdigest()


def matches(kept: str, username: str, code: str) -> bool:
    """Whether `kept` was made of this code."""
    return hmac.compare_digest(kept, digest(username, code))


def address_of(pool: Doc, user: User, factor: str) -> str:
    """The verified address to which codes of a factor go, empty where there is none or the pool sends no SMS."""
    if factor != _EMAIL and "SmsConfiguration" not in pool:
        return ""
    attribute = _attribute(factor)
    return user.attributes.get(attribute, "") if user.attributes.get(f"{attribute}_verified") == "true" else ""


def _attribute(factor: str) -> str:
    return "email" if factor == _EMAIL else "phone_number"


def deliver(call: Call, pool: Doc, client: Doc, user: User, factor: str, code: str) -> None:
    """Send a code, as a first factor or a second, in the words of the pool's function where it has one.

    AWS's guide has one source for all of them, and says of it "to send MFA code during authentication".
    """
    words = custom_words(call, pool, user, str(client["ClientId"]), "Authentication")
    address = address_of(pool, user, factor)
    if factor == _EMAIL:
        call.outbox.append(sign_in_letter(pool, address, code, words))
    else:
        send_text(call, sign_in_text(pool, address, code, words))


def delivery(pool: Doc, user: User | None, factor: str, name: str) -> dict[str, str]:
    """Challenge parameters that say where the code went; of nobody they are made of the name that was typed."""
    found = "" if user is None else address_of(pool, user, factor)
    email = factor == _EMAIL
    made_up = name if "@" in name else f"{name[:1]}@example.com"
    shown = masked(found or made_up) if email else f"+*******{found[-4:]}"
    return {"CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL" if email else "SMS", "CODE_DELIVERY_DESTINATION": shown}


def masked(address: str) -> str:
    """An address as CodeDeliveryDetails shows it: ``j***@e***``."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain[:1]}***"
