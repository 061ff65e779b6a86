"""Which sign-ins still hold: one family of tokens per sign-in, named by ``origin_jti``."""

import hashlib
import secrets

from local.cognito.model import Doc
from local.cognito.store import Store

_REFRESH_BYTES = 192


def new_family(
    store: Store,
    family_id: str,
    client: Doc,
    sub: str,
    *,
    auth_time: float,
    expires: float,
    scopes: list[str] | None = None,
    session: Doc,
) -> None:
    """Record a sign-in.

    Args:
        store: where.
        family_id: new.
        client: whose.
        sub: the user's.
        auth_time: now.
        expires: when the refresh token does.
        scopes: those that an authorization request was granted; None for a sign-in by the API.
        session: what `session_tracking.begun` says of it, and the key of the device that it is from.
    """
    doc = {
        "id": family_id,
        "client_id": client["ClientId"],
        "sub": sub,
        "auth_time": auth_time,
        "expires": expires,
        "revoked": False,
        "scopes": scopes,
        **session,
    }
    keys = {"id": family_id, "pool_id": str(client["UserPoolId"]), "client_id": str(client["ClientId"]), "sub": sub}
    store.insert("token_families", doc, **keys)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_refresh_token(store: Store, family_id: str) -> str:
    """A new opaque refresh token of the family; only its hash is kept."""
    token = secrets.token_urlsafe(_REFRESH_BYTES)
    store.insert("refresh_tokens", {"family_id": family_id, "replaced": None}, id=_digest(token), family_id=family_id)
    return token


def find_refresh_token(store: Store, token: str) -> tuple[Doc, Doc] | None:
    """The refresh token's record and its family, or None where it was never issued or its user is gone."""
    record = store.get("refresh_tokens", id=_digest(token))
    family = None if record is None else store.get("token_families", id=str(record["family_id"]))
    return None if record is None or family is None else (record, family)


def mark_replaced(store: Store, token: str, record: Doc, when: float) -> None:
    """Note that rotation replaced this token at `when`, unless it was replaced before."""
    if record["replaced"] is None:
        store.update("refresh_tokens", {**record, "replaced": when}, id=_digest(token))


def revoke_family(store: Store, family: Doc) -> None:
    """End one sign-in: its refresh tokens, and its access tokens as far as this service checks them."""
    store.update("token_families", {**family, "revoked": True}, id=str(family["id"]))


def revoke_user(store: Store, sub: str) -> None:
    """End every sign-in of a user."""
    for family in store.select("token_families", sub=sub):
        revoke_family(store, family)
