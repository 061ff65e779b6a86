"""What the function that writes Cognito's messages asks: whose message it is, and what for. Pure.

It sends what Cognito told it (docs/aws/write_messages.py), less everything that is not needed: neither an address nor a
code. Every other part of what comes is ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# A pool's id, a username and a subject as botocore's service model has them (UserPoolIdType, UsernameType).
_POOL_ID = re.compile(r"[\w-]{1,45}_[0-9a-zA-Z]{1,9}", re.ASCII)
_LONGEST_NAME = 128


class Purpose(StrEnum):
    """What a message is for."""

    PASSWORD = "password"  # noqa: S105  # The name of a purpose.
    SIGN_IN = "sign_in"
    ADDRESS = "address"
    INVITATION = "invitation"


# The trigger's sources ("Custom message Lambda trigger sources" in the developer guide). Both factors of a sign-in come
# as Authentication, so that the words cannot know which of them a code is.
_PURPOSES: Mapping[str, Purpose] = {
    "CustomMessage_ForgotPassword": Purpose.PASSWORD,
    "CustomMessage_Authentication": Purpose.SIGN_IN,
    "CustomMessage_VerifyUserAttribute": Purpose.ADDRESS,
    "CustomMessage_UpdateUserAttribute": Purpose.ADDRESS,
    "CustomMessage_SignUp": Purpose.ADDRESS,
    "CustomMessage_ResendCode": Purpose.ADDRESS,
    "CustomMessage_AdminCreateUser": Purpose.INVITATION,
}


@dataclass(frozen=True, slots=True)
class Question:
    """Whose message, in which pool, and what for.

    Args:
        pool_id: Cognito's.
        username: Cognito's.
        sub: Cognito's; empty where it is not known.
        purpose: of the message.
        locale: the attribute of that name, a language tag; empty where they have none.
    """

    pool_id: str
    username: str
    sub: str
    purpose: Purpose
    locale: str = ""


def question_of(document: object) -> Question | None:
    """Return what a document asks; None where it asks for nothing that we could have words for."""
    asked: Mapping[str, Any] = document if isinstance(document, dict) else {}
    pool_id, username = _text(asked.get("userPoolId")), _text(asked.get("userName"))
    purpose = _PURPOSES.get(_text(asked.get("triggerSource")))
    if purpose is None or not username or not _POOL_ID.fullmatch(pool_id):
        return None
    return Question(pool_id, username, _text(asked.get("sub")), purpose, _text(asked.get("locale")))


def _text(value: object) -> str:
    """Return a text of ordinary length; PostgreSQL can compare none that has a zero byte."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and "\0" not in value else ""
