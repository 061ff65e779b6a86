"""What is in a pool, by kind and name: enough to see what is not ours."""

from collections.abc import Iterator
from dataclasses import dataclass

from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.listing import pages


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a pool, as a listing shows it; `remote_id` where it has one besides its name."""

    name: str
    remote_id: str = ""


def clients(pool: PoolRef, *, priority: Priority) -> Iterator[Found]:
    """All app clients of a pool."""
    request = {"UserPoolId": pool.pool_id, "MaxResults": 60}
    for page in pages(pool.endpoint, "ListUserPoolClients", request, carried_by="NextToken", priority=priority):
        yield from (Found(client["ClientName"], client["ClientId"]) for client in page["UserPoolClients"])


def groups(pool: PoolRef, *, priority: Priority) -> Iterator[Found]:
    """All groups of a pool."""
    request = {"UserPoolId": pool.pool_id, "Limit": 60}
    for page in pages(pool.endpoint, "ListGroups", request, carried_by="NextToken", priority=priority):
        yield from (Found(group["GroupName"]) for group in page["Groups"])


def identity_providers(pool: PoolRef, *, priority: Priority) -> Iterator[Found]:
    """All identity providers of a pool."""
    request = {"UserPoolId": pool.pool_id, "MaxResults": 60}
    for page in pages(pool.endpoint, "ListIdentityProviders", request, carried_by="NextToken", priority=priority):
        yield from (Found(provider["ProviderName"]) for provider in page["Providers"])


def resource_servers(pool: PoolRef, *, priority: Priority) -> Iterator[Found]:
    """All resource servers of a pool, at most 50 a page."""
    request = {"UserPoolId": pool.pool_id, "MaxResults": 50}
    for page in pages(pool.endpoint, "ListResourceServers", request, carried_by="NextToken", priority=priority):
        yield from (Found(server["Identifier"]) for server in page["ResourceServers"])
