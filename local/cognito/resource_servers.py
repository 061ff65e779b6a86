"""Resource servers and their scopes."""

from local.cognito.errors import invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import AlreadyExists

_MAX_PAGE = 50  # B:ListResourceServersLimitType


def _from_params(call: Call) -> Doc:
    params = call.params
    scopes = params.get("Scopes", [])
    names = [scope["ScopeName"] for scope in scopes]
    if len(set(names)) != len(names):
        raise invalid("Scope names of a resource server must be unique.")
    return {
        "UserPoolId": params["UserPoolId"],
        "Identifier": params["Identifier"],
        "Name": params["Name"],
        "Scopes": scopes,
    }


@operation("CreateResourceServer")
def create_resource_server(call: Call) -> Doc:
    """Make a resource server; repeating an identifier is InvalidParameterException (reference 2.4, unverified)."""
    pool_id = str(call.pool()["Id"])
    require_room(call.store, "resource_servers_per_pool", call.store.count("resource_servers", pool_id=pool_id))
    server = _from_params(call)
    try:
        call.store.insert("resource_servers", server, pool_id=pool_id, identifier=server["Identifier"])
    except AlreadyExists as error:
        raise invalid(f"{server['Identifier']} already exists in user pool {pool_id}.") from error
    return {"ResourceServer": server}


def _existing(call: Call) -> Doc:
    pool_id, identifier = str(call.pool()["Id"]), str(call.params["Identifier"])
    found = call.store.get("resource_servers", pool_id=pool_id, identifier=identifier)
    if found is None:
        raise not_found("Resource server does not exist.")
    return found


@operation("DescribeResourceServer")
def describe_resource_server(call: Call) -> Doc:
    """One resource server."""
    return {"ResourceServer": _existing(call)}


@operation("UpdateResourceServer")
def update_resource_server(call: Call) -> Doc:
    """Replace name and scopes: scopes that are not sent are gone (B:UpdateResourceServer)."""
    _existing(call)
    server = _from_params(call)
    keys = {"pool_id": server["UserPoolId"], "identifier": server["Identifier"]}
    call.store.update("resource_servers", server, **keys)
    return {"ResourceServer": server}


@operation("DeleteResourceServer")
def delete_resource_server(call: Call) -> Doc:
    """Remove a resource server."""
    server = _existing(call)
    call.store.delete("resource_servers", pool_id=server["UserPoolId"], identifier=server["Identifier"])
    return {}


@operation("ListResourceServers")
def list_resource_servers(call: Call) -> Doc:
    """The pool's resource servers."""
    pool_id = str(call.pool()["Id"])

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("resource_servers", order="identifier", after=after, limit=limit, pool_id=pool_id)

    page = read_page(call, fetch, lambda item: str(item["Identifier"]), limit_name="MaxResults", most=_MAX_PAGE)
    return with_token({"ResourceServers": page.items}, page)
