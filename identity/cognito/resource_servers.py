"""Resource servers: an API of an application, with its scopes."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call


@dataclass(frozen=True, slots=True)
class ResourceServer:
    """A resource server: `scopes` maps each scope's name to its description."""

    identifier: str
    name: str
    scopes: Mapping[str, str]


def describe(pool: PoolRef, identifier: str, *, priority: Priority) -> ResourceServer | None:
    """Describe a resource server; None where the pool has none of that identifier."""
    params = {"UserPoolId": pool.pool_id, "Identifier": identifier}
    try:
        return _read(call(pool.endpoint, "DescribeResourceServer", params, priority=priority))
    except errors.NotFound:
        return None


def create(pool: PoolRef, server: ResourceServer, *, priority: Priority) -> ResourceServer:
    """Create a resource server.

    Raises:
        InvalidRequest: the pool has one of that identifier.
        QuotaReached: the pool has as many as it may.
    """
    return _read(call(pool.endpoint, "CreateResourceServer", _request(pool, server), priority=priority))


def update(pool: PoolRef, server: ResourceServer, *, priority: Priority) -> ResourceServer:
    """Replace a resource server's name and all its scopes: what is not sent is gone (UpdateResourceServer)."""
    return _read(call(pool.endpoint, "UpdateResourceServer", _request(pool, server), priority=priority))


def delete(pool: PoolRef, identifier: str, *, priority: Priority) -> None:
    """Delete a resource server; one that is gone already is no error."""
    with contextlib.suppress(errors.NotFound):
        params = {"UserPoolId": pool.pool_id, "Identifier": identifier}
        call(pool.endpoint, "DeleteResourceServer", params, priority=priority)


def _request(pool: PoolRef, server: ResourceServer) -> dict[str, Any]:
    scopes = [{"ScopeName": name, "ScopeDescription": text} for name, text in sorted(server.scopes.items())]
    return {"UserPoolId": pool.pool_id, "Identifier": server.identifier, "Name": server.name, "Scopes": scopes}


def _read(answer: Mapping[str, Any]) -> ResourceServer:
    document = answer["ResourceServer"]
    scopes = {scope["ScopeName"]: scope["ScopeDescription"] for scope in document.get("Scopes", [])}
    return ResourceServer(document["Identifier"], document["Name"], scopes)
