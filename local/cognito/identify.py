"""Which pool a request is about, and which thing in it: for the journal, faults and quotas."""

from dataclasses import dataclass

import jwt

from local.cognito.model import Doc
from local.cognito.store import Store
from local.cognito.tokens import pool_id_of

_KEYS = (
    "GroupName",
    "ProviderName",
    "ClientName",
    "ClientId",
    "Identifier",
    "IdpIdentifier",
    "Domain",
    "PoolName",
)


@dataclass(frozen=True)
class Subject:
    """What a request is about.

    Attributes:
        pool_id: the pool; None where the request names none.
        account: of a pool that is named only by way of a client or token, else None.
        name: the most particular of the request's names.
        user: the user it names.
    """

    pool_id: str | None
    account: str | None
    name: str | None
    user: str | None


def subject_of(store: Store, params: Doc) -> Subject:
    """What a request is about, as far as that can be told before it is checked."""
    user = _user_of(params)
    named = next((params[name] for name in _KEYS if params.get(name)), None)
    name = user if user is not None or named is None else str(named)
    if params.get("UserPoolId"):
        return Subject(str(params["UserPoolId"]), None, name, user)
    if params.get("ResourceArn"):
        return Subject(str(params["ResourceArn"]).rpartition("/")[2], None, name, user)
    pool_id = _indirect_pool(store, params)
    if pool_id is None:
        return Subject(None, None, name, user)
    with store.transaction():
        place = store.row("pools", id=pool_id)
    return Subject(pool_id, None if place is None else str(place["account"]), name, user)


def _user_of(params: Doc) -> str | None:
    parameters = params.get("AuthParameters") or params.get("ChallengeResponses") or {}
    named = parameters.get("USERNAME") if isinstance(parameters, dict) else None
    found = named or params.get("Username")
    return None if not found else str(found)


def _indirect_pool(store: Store, params: Doc) -> str | None:
    """The pool of the request's access token or client."""
    if params.get("AccessToken"):
        try:
            return pool_id_of(jwt.decode(str(params["AccessToken"]), options={"verify_signature": False}))
        except jwt.InvalidTokenError:
            return None
    if not params.get("ClientId"):
        return None
    with store.transaction():
        client = store.get("clients", id=str(params["ClientId"]))
    return None if client is None else str(client["UserPoolId"])
