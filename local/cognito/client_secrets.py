"""Two secrets of an app client at a time, so that a new one can be brought out before the old one goes.

The secret that the client has had for longer is the one that DescribeUserPoolClient shows; which of two AWS shows is
not documented (reference section 12).
"""

import hashlib

from local.cognito.clients import existing_client, new_secret
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.model import Doc
from local.cognito.operations import Call, operation


def _secrets(client: Doc) -> list[tuple[str, float]]:
    """Active secrets with when they were made, the older first."""
    first = (str(client["ClientSecret"]), float(client.get("SecretDate") or client["CreationDate"]))
    second = client.get("SecondSecret")
    return [first] if second is None else [first, (str(second["value"]), float(second["date"]))]


def _confidential(call: Call) -> Doc:
    client = existing_client(call)
    if "ClientSecret" not in client:
        # Whether a client is confidential cannot change (DG:user-pool-settings-client-apps).
        raise invalid(f"Client {client['ClientId']} is not configured with a secret.")
    return client


def _id(client: Doc, value: str) -> str:
    digest = hashlib.sha256(f"{client['ClientId']}:{value}".encode()).hexdigest()[:16]
    return f"{client['ClientId']}--{digest}"


def _descriptor(client: Doc, value: str, date: float) -> Doc:
    return {"ClientSecretId": _id(client, value), "ClientSecretCreateDate": date}


@operation("AddUserPoolClientSecret")
def add_user_pool_client_secret(call: Call) -> Doc:
    """Make a second secret; a third is LimitExceededException. One that the caller chose is not echoed."""
    client, now = _confidential(call), call.clock.now()
    active = _secrets(client)
    if len(active) > 1:
        raise ServiceError("LimitExceededException", "A client has at most two active secrets.")
    chosen = call.params.get("ClientSecret")
    value = new_secret() if chosen is None else str(chosen)
    if value == active[0][0]:
        raise invalid("The client has this secret already.")
    client["SecondSecret"] = {"value": value, "date": now}
    call.store.update("clients", client, id=str(client["ClientId"]))
    shown = {} if chosen is not None else {"ClientSecretValue": value}
    return {"ClientSecretDescriptor": {**_descriptor(client, value, now), **shown}}


@operation("ListUserPoolClientSecrets")
def list_user_pool_client_secrets(call: Call) -> Doc:
    """Both secrets, never their values (B:ListUserPoolClientSecrets)."""
    client = _confidential(call)
    return {"ClientSecrets": [_descriptor(client, value, date) for value, date in _secrets(client)]}


@operation("DeleteUserPoolClientSecret")
def delete_user_pool_client_secret(call: Call) -> Doc:
    """Remove one of two secrets; the last cannot be removed (B:DeleteUserPoolClientSecret)."""
    client = _confidential(call)
    active = _secrets(client)
    left = [item for item in active if _id(client, item[0]) != call.params["ClientSecretId"]]
    if len(left) == len(active):
        raise not_found(f"Client secret {call.params['ClientSecretId']} does not exist.")
    if not left:
        raise invalid("The last secret of a client cannot be deleted.")
    client["ClientSecret"], client["SecretDate"] = left[0]
    client.pop("SecondSecret", None)
    call.store.update("clients", client, id=str(client["ClientId"]))
    return {}
