"""Which pool a request is about, and which thing in it: for the journal and for faults."""

import jwt

from local.cognito.model import Doc
from local.cognito.store import Store
from local.cognito.tokens import pool_id_of

_KEYS = (
    "Username",
    "GroupName",
    "ProviderName",
    "ClientName",
    "ClientId",
    "Identifier",
    "IdpIdentifier",
    "Domain",
    "PoolName",
)


def name_key(params: Doc) -> str | None:
    """What the request names: the most particular of its names."""
    parameters = params.get("AuthParameters") or params.get("ChallengeResponses") or {}
    named = parameters.get("USERNAME") if isinstance(parameters, dict) else None
    found = named or next((params[name] for name in _KEYS if params.get(name)), None)
    return None if found is None else str(found)


def pool_of(store: Store, params: Doc) -> str | None:
    """The pool's id from the request, or by way of its client, ARN or access token; None where there is none."""
    if params.get("UserPoolId"):
        return str(params["UserPoolId"])
    if params.get("ResourceArn"):
        return str(params["ResourceArn"]).rpartition("/")[2]
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
