"""Challenge sessions: what ties the steps of one sign-in together.

A session is random, belongs to one client, one user and one step, expires after the client's AuthSessionValidity
(3 to 15 minutes, B:UserPoolClientType) and is spent by the step that succeeds with it. A wrong code leaves it usable,
because people mistype, for a few tries.
"""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass

from local.cognito.errors import ServiceError, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Condition

_HANDLE_BYTES = 384
_MAX_WRONG_CODES = 5


@dataclass
class AuthSession:
    """One step that waits for its answer.

    Attributes:
        step: the challenge's name, or MFA_SETUP_ASSOCIATED and MFA_SETUP_VERIFIED inside MFA_SETUP.
        sub: the user, empty for a user who does not exist.
        username: what the answer must name the user by, USER_ID_FOR_SRP.
        data: what the step needs to remember.
    """

    id: str
    step: str
    client_id: str
    sub: str
    username: str
    expires: float
    data: Doc
    failures: int = 0
    used: bool = False


def _digest(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()


def open_session(call: Call, client: Doc, step: str, *, sub: str, username: str, data: Doc) -> str:
    """Begin a step; the returned handle is both a Session and, for SRP, valid Base64 for SECRET_BLOCK."""
    handle = base64.b64encode(secrets.token_bytes(_HANDLE_BYTES)).decode()
    expires = call.clock.now() + 60 * int(client["AuthSessionValidity"])
    session = AuthSession(_digest(handle), step, str(client["ClientId"]), sub, username, expires, data)
    call.store.insert("auth_sessions", asdict(session), id=session.id, pool_id=str(client["UserPoolId"]))
    return handle


def load_session(call: Call, handle: object, step: str, client_id: str | None) -> AuthSession:
    """The session behind `handle`, if it is for this step and client, fresh and unspent.

    Args:
        client_id: None for operations that name no client (AssociateSoftwareToken, VerifySoftwareToken).
    """
    doc = call.store.get("auth_sessions", id=_digest(str(handle)))
    session = None if doc is None else AuthSession(**doc)
    if session is None or session.step != step or client_id not in (None, session.client_id):
        raise not_authorized("Invalid session for the user.")
    if session.used:
        raise not_authorized("Invalid session for the user, session can only be used once.")
    if session.expires <= call.clock.now():
        raise not_authorized("Invalid session for the user, session is expired.")
    return session


def find_waiting(call: Call, pool_id: str, step: str, client_id: str, username: str) -> AuthSession | None:
    """The last session that waits for this user at this step, for clients that send no handle."""
    wanted = "json_extract(doc, '$.step') = ? AND json_extract(doc, '$.username') = ?"
    where = Condition(wanted, (step, username))
    found = [AuthSession(**doc) for doc in call.store.select("auth_sessions", where=where, pool_id=pool_id)]
    now = call.clock.now()
    waiting = [item for item in found if item.client_id == client_id and not item.used and item.expires > now]
    return waiting[-1] if waiting else None


def spend(call: Call, session: AuthSession) -> None:
    """Make the session useless."""
    session.used = True
    call.store.update("auth_sessions", asdict(session), id=session.id)


def wrong_code(call: Call, session: AuthSession, error: ServiceError) -> ServiceError:
    """Count a wrong code against the session, spending it after five; returns `error`, made to keep changes."""
    session.failures += 1
    session.used = session.failures >= _MAX_WRONG_CODES
    call.store.update("auth_sessions", asdict(session), id=session.id)
    return ServiceError(error.code, error.message, keep_changes=True)
