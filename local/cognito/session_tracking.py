"""Session tracking of a pool (B:SetUserPoolSessionConfiguration): sign-ins are sessions, listed and ended one by one.

A tracked sign-in is a family of tokens with the id of its session. Sign-ins from before tracking was on have none.
"""

import secrets
import string

from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Store
from local.cognito.token_families import revoke_family

KIND = "sessions"
_LETTERS = string.ascii_lowercase + string.digits
_DEFAULT: Doc = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}


def configuration(store: Store, pool_id: str) -> Doc:
    """A pool's configuration, Cognito's default where none was ever set."""
    return store.get("pool_settings", pool_id=pool_id, kind=KIND) or _DEFAULT


def is_tracked(store: Store, pool_id: str) -> bool:
    """Whether a pool's sessions are tracked."""
    return bool(configuration(store, pool_id)["UserSessionTracking"] == "ENABLED")


def require_tracking(call: Call, pool: Doc) -> None:
    """Raise where the pool's sessions are not tracked."""
    if not is_tracked(call.store, str(pool["Id"])):
        raise ServiceError("OperationNotEnabledException", "Session tracking is not enabled for this user pool.")


def active_sessions(call: Call, sub: str) -> list[Doc]:
    """The families of a user's sessions that are neither over nor revoked, those that were active last first."""
    now = call.clock.now()
    found = [
        family
        for family in call.store.select("token_families", sub=sub)
        if "session_id" in family and not family["revoked"] and family["expires"] > now
    ]
    return sorted(found, key=lambda family: float(family["active"]), reverse=True)


def begun(call: Call, pool_id: str, sub: str) -> Doc:
    """What a new family says of its session; the least recently used ones go before it, where there are too many.

    A lowered limit counts from the next sign-in on (B:UserPoolTokenSessionConfigType).
    """
    if not is_tracked(call.store, pool_id):
        return {}
    most = int(configuration(call.store, pool_id)["TokenSession"]["MaxPerUser"])
    for family in active_sessions(call, sub)[most - 1 :]:
        revoke_family(call.store, family)
    name = "".join(secrets.choice(_LETTERS) for _ in range(25))
    return {"session_id": f"tkn{name}", "active": call.clock.now()}


def used(call: Call, family: Doc) -> None:
    """Note that a session was renewed."""
    if "session_id" in family:
        call.store.update("token_families", {**family, "active": call.clock.now()}, id=str(family["id"]))
