"""What an event from AWS says: whose user somebody touched. Pure.

Two forms come in: what EventBridge delivers of CloudTrail ("AWS API Call via CloudTrail"; the user's `sub` is in
`additionalEventData`, see "Logging Amazon Cognito API calls with AWS CloudTrail" in the developer guide), and the short
notice that the operator's Lambda triggers send: `{"userPoolId": …, "sub": …}`. Every other part is ignored, so that
nothing that an event claims can get into the directory.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A pool's id in botocore's service model (UserPoolIdType).
_POOL_ID = re.compile(r"[\w-]+_[0-9a-zA-Z]+", re.ASCII)
# Calls that change a user. Sign-ins are left out: they change nothing that we keep, and would be most of all events.
CHANGES_A_USER = frozenset(
    {
        "AdminConfirmSignUp", "AdminCreateUser", "AdminDeleteUser", "AdminDeleteUserAttributes",
        "AdminDisableProviderForUser", "AdminDisableUser", "AdminEnableUser", "AdminLinkProviderForUser",
        "AdminResetUserPassword", "AdminSetUserPassword", "AdminUpdateUserAttributes", "ChangePassword",
        "ConfirmForgotPassword", "ConfirmSignUp", "DeleteUser", "DeleteUserAttributes", "SignUp",
        "UpdateUserAttributes", "VerifyUserAttribute",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to look: a pool by its id in Cognito, and a user of it; without `sub`, somebody in the pool."""

    pool_id: str
    sub: str = ""


def hint_of(document: object, *, own_role: str) -> Hint | None:
    """Return where to look after an event; None where nobody needs to.

    Args:
        document: the event, as parsed.
        own_role: the role with which Lifeguard calls the cell. What that did we know.
    """
    event = _mapping(document)
    if "detail" not in event:
        return _hint(event.get("userPoolId"), event.get("sub"), sub_needed=True)
    detail = _mapping(event["detail"])
    if detail.get("eventName") not in CHANGES_A_USER or detail.get("errorCode"):
        return None
    if own_role and _caller(detail) == own_role:
        return None
    extra = _mapping(detail.get("additionalEventData"))
    pool_id = _mapping(detail.get("requestParameters")).get("userPoolId") or extra.get("userPoolId")
    return _hint(pool_id, extra.get("sub"), sub_needed=False)


def _hint(pool_id: object, sub: object, *, sub_needed: bool) -> Hint | None:
    if not isinstance(pool_id, str) or len(pool_id) > 55 or not _POOL_ID.fullmatch(pool_id):
        return None
    if isinstance(sub, str) and _is_uuid(sub):
        return Hint(pool_id, sub)
    return None if sub_needed else Hint(pool_id)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _caller(detail: Mapping[str, Any]) -> object:
    """The role whose session made the call."""
    session = _mapping(_mapping(detail.get("userIdentity")).get("sessionContext"))
    return _mapping(session.get("sessionIssuer")).get("arn")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
