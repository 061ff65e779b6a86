"""App clients of user pools."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.client_spec import AppClientSpec, create_client_request
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call
from identity.cognito.listing import pages


@dataclass(frozen=True, slots=True)
class AppClientSummary:
    """One line of a listing of app clients."""

    client_id: str
    name: str


@dataclass(frozen=True, slots=True)
class DescribedAppClient:
    """An app client as Cognito describes it.

    ``document`` is ``UserPoolClient`` of the answer in the API's own names, without the secret: what
    ``merge.merge_client_update`` takes, and what a comparison with desired settings reads.
    """

    client_id: str
    name: str
    pool_id: str
    secret: SecretStr | None
    document: Mapping[str, Any]


def create_client(pool: PoolRef, spec: AppClientSpec, *, priority: Priority) -> DescribedAppClient:
    """Create a confidential app client.

    Not idempotent: names are not unique, so look for the name again after ``AmbiguousOutcome``.

    Raises:
        InvalidRequest: an identity provider, scope or URL is not accepted.
        QuotaReached: the pool has as many app clients as it may.
    """
    request = create_client_request(pool.pool_id, spec)
    return _described(call(pool.endpoint, "CreateUserPoolClient", request, priority=priority)["UserPoolClient"])


def describe_client(pool: PoolRef, client_id: str, *, priority: Priority) -> DescribedAppClient:
    """Describe an app client, with its secret.

    Raises:
        NotFound: there is no such pool or client.
    """
    request = {"UserPoolId": pool.pool_id, "ClientId": client_id}
    return _described(call(pool.endpoint, "DescribeUserPoolClient", request, priority=priority)["UserPoolClient"])


def list_clients(pool: PoolRef, *, priority: Priority) -> Iterator[AppClientSummary]:
    """All app clients of a pool. A page that fails raises: a listing that ends without error is complete."""
    request = {"UserPoolId": pool.pool_id, "MaxResults": 60}
    for page in pages(pool.endpoint, "ListUserPoolClients", request, carried_by="NextToken", priority=priority):
        for client in page["UserPoolClients"]:
            yield AppClientSummary(client["ClientId"], client["ClientName"])


def update_client(pool: PoolRef, request: Mapping[str, Any], *, priority: Priority) -> DescribedAppClient:
    """Replace an app client's settings by a complete document.

    Arguments:
        request: from ``merge.merge_client_update``. What it omits is reset to Cognito's defaults.

    Raises:
        ConcurrentModification: another app client of the pool is being changed; Cognito takes one at a time.
    """
    answer = call(pool.endpoint, "UpdateUserPoolClient", {**request, "UserPoolId": pool.pool_id}, priority=priority)
    return _described(answer["UserPoolClient"])


def delete_client(pool: PoolRef, client_id: str, *, priority: Priority) -> None:
    """Delete an app client; one that is gone already is no error."""
    with contextlib.suppress(errors.NotFound):
        params = {"UserPoolId": pool.pool_id, "ClientId": client_id}
        call(pool.endpoint, "DeleteUserPoolClient", params, priority=priority)


def _described(answer: Mapping[str, Any]) -> DescribedAppClient:
    document = {name: value for name, value in answer.items() if name != "ClientSecret"}
    secret = answer.get("ClientSecret")
    return DescribedAppClient(
        client_id=document["ClientId"],
        name=document["ClientName"],
        pool_id=document["UserPoolId"],
        secret=SecretStr(secret) if secret else None,
        document=document,
    )
