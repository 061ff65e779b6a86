"""Too many wrong passwords: a lock that doubles (DG:authentication).

After the fifth wrong password the name is locked for one second; each further one doubles that, up to about 15
minutes. Attempts during a lock are refused and not counted. A success, or 15 minutes without an attempt after a lock,
starts afresh. Unknown usernames are locked just the same, so that a lock does not tell who exists.
"""

from local.cognito.errors import not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call

_FREE_FAILURES = 5
_MAX_SECONDS = 900


def _record(call: Call, pool_id: str, key: str) -> Doc:
    doc = call.store.get("lockouts", pool_id=pool_id, username_key=key)
    if doc is None or (doc["until"] and call.clock.now() - max(doc["last"], doc["until"]) >= _MAX_SECONDS):
        return {"failures": 0, "until": 0, "last": 0}
    return doc


def refuse_if_locked(call: Call, pool_id: str, key: str) -> None:
    """Raise NotAuthorizedException while the name is locked."""
    if _record(call, pool_id, key)["until"] > call.clock.now():
        raise not_authorized("Password attempts exceeded", keep_changes=True)


def count_failure(call: Call, pool_id: str, key: str) -> None:
    """Note a wrong password; the caller's refusal must keep changes."""
    record, now = _record(call, pool_id, key), call.clock.now()
    record["failures"] += 1
    record["last"] = now
    over = record["failures"] - _FREE_FAILURES
    if over >= 0:
        record["until"] = now + min(2**over, _MAX_SECONDS)
    call.store.delete("lockouts", pool_id=pool_id, username_key=key)
    call.store.insert("lockouts", record, pool_id=pool_id, username_key=key)


def clear_failures(call: Call, pool_id: str, key: str) -> None:
    """Forget wrong passwords after a right one."""
    call.store.delete("lockouts", pool_id=pool_id, username_key=key)
