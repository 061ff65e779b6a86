"""App clients."""

import secrets
import string

from local.cognito.client_rules import check_client
from local.cognito.errors import invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import Store

_ID_LETTERS = string.ascii_lowercase + string.digits
# What `client_secrets` keeps of a second secret.
_NOT_DESCRIBED = ("SecretDate", "SecondSecret")
_NOT_SETTINGS = ("UserPoolId", "ClientId", "ClientName", "GenerateSecret", "ClientSecret")
# What identifies a client, and whether it is confidential, cannot change (DG:user-pool-settings-client-apps).
_IMMUTABLE = ("UserPoolId", "ClientId", "ClientName", "ClientSecret", "CreationDate", *_NOT_DESCRIBED)


def _settings(params: Doc) -> Doc:
    """The request's settings over Cognito's defaults; an update that omits one resets it (B:UpdateUserPoolClient)."""
    return {
        "RefreshTokenValidity": 30,
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True,
        "EnablePropagateAdditionalUserContextData": False,
        "AuthSessionValidity": 3,
        # Clients made by the API default to LEGACY (B:CreateUserPoolClient).
        "PreventUserExistenceErrors": "LEGACY",
        **{name: value for name, value in params.items() if name not in _NOT_SETTINGS},
    }


def new_secret() -> str:
    """A client secret as Cognito makes them."""
    return _random(51)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(length))


@operation("CreateUserPoolClient")
def create_user_pool_client(call: Call) -> Doc:
    """Make a client; never idempotent, names are not unique (reference 2.4)."""
    pool, params, now = call.pool(), call.params, call.clock.now()
    pool_id = str(pool["Id"])
    require_room(call.store, "clients_per_pool", call.store.count("clients", pool_id=pool_id))
    if params.get("GenerateSecret") and "ClientSecret" in params:
        raise invalid("GenerateSecret and ClientSecret exclude each other.")
    client = {
        "UserPoolId": pool_id,
        "ClientId": _random(26),
        "ClientName": params["ClientName"],
        "CreationDate": now,
        "LastModifiedDate": now,
        **_settings(params),
    }
    if params.get("GenerateSecret"):
        client["ClientSecret"] = new_secret()
    if "ClientSecret" in params:
        client["ClientSecret"] = params["ClientSecret"]
    check_client(call.store, pool, client)
    call.store.insert("clients", client, id=str(client["ClientId"]), pool_id=pool_id)
    # A secret that the caller chose is not echoed (B:UserPoolClientType).
    return {"UserPoolClient": {k: v for k, v in client.items() if k != "ClientSecret" or "ClientSecret" not in params}}


def existing_client(call: Call) -> Doc:
    """The client that a signed request names in its pool."""
    pool_id, client_id = str(call.pool()["Id"]), str(call.params["ClientId"])
    found = call.store.get("clients", id=client_id, pool_id=pool_id)
    if found is None:
        raise not_found(f"User pool client {client_id} does not exist.")
    return found


def find_client(store: Store, client_id: str) -> Doc:
    """The client of an unsigned call, which names no pool."""
    found = store.get("clients", id=client_id)
    if found is None:
        raise not_found(f"User pool client {client_id} does not exist.")
    return found


def _described(client: Doc) -> Doc:
    return {name: value for name, value in client.items() if name not in _NOT_DESCRIBED}


@operation("DescribeUserPoolClient")
def describe_user_pool_client(call: Call) -> Doc:
    """The client with its secret in clear."""
    return {"UserPoolClient": _described(existing_client(call))}


@operation("UpdateUserPoolClient")
def update_user_pool_client(call: Call) -> Doc:
    """Replace the settings; what is omitted is reset to its default (B:UpdateUserPoolClient)."""
    client, params = existing_client(call), call.params
    updated = {name: client[name] for name in _IMMUTABLE if name in client} | _settings(params)
    updated["ClientName"] = params.get("ClientName", client["ClientName"])
    updated["LastModifiedDate"] = call.clock.now()
    check_client(call.store, call.pool(), updated)
    call.store.update("clients", updated, id=str(client["ClientId"]))
    return {"UserPoolClient": _described(updated)}


@operation("DeleteUserPoolClient")
def delete_user_pool_client(call: Call) -> Doc:
    """Remove the client and every token it was given."""
    client = existing_client(call)
    call.store.delete("clients", id=str(client["ClientId"]))
    return {}


@operation("ListUserPoolClients")
def list_user_pool_clients(call: Call) -> Doc:
    """Ids and names of the pool's clients."""
    pool_id = str(call.pool()["Id"])

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("clients", order="id", after=after, limit=limit, pool_id=pool_id)

    page = read_page(call, fetch, lambda client: str(client["ClientId"]), limit_name="MaxResults")
    shown = ("ClientId", "UserPoolId", "ClientName")
    return with_token({"UserPoolClients": [{name: item[name] for name in shown} for item in page.items]}, page)
