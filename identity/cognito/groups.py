"""Groups of a user pool, and who is in them."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call
from identity.cognito.listing import pages


@dataclass(frozen=True, slots=True)
class CognitoGroup:
    """A group as Cognito describes it."""

    name: str
    description: str


def get_group(pool: PoolRef, name: str, *, priority: Priority) -> CognitoGroup | None:
    """Describe a group; None where the pool has none of that name."""
    try:
        return _group(call(pool.endpoint, "GetGroup", _of(pool, name), priority=priority))
    except errors.NotFound:
        return None


def create_group(pool: PoolRef, name: str, description: str, *, priority: Priority) -> CognitoGroup:
    """Create a group.

    Raises:
        AlreadyExists: the pool has one of that name.
        QuotaReached: the pool has as many as it may.
    """
    params = {**_of(pool, name), "Description": description}
    return _group(call(pool.endpoint, "CreateGroup", params, priority=priority))


def update_group(pool: PoolRef, name: str, description: str, *, priority: Priority) -> CognitoGroup:
    """Describe a group otherwise."""
    params = {**_of(pool, name), "Description": description}
    return _group(call(pool.endpoint, "UpdateGroup", params, priority=priority))


def delete_group(pool: PoolRef, name: str, *, priority: Priority) -> None:
    """Delete a group; one that is gone already is no error."""
    with contextlib.suppress(errors.NotFound):
        call(pool.endpoint, "DeleteGroup", _of(pool, name), priority=priority)


def members_of(pool: PoolRef, name: str, *, priority: Priority) -> frozenset[str]:
    """Return the names of the users in a group. A page that fails raises: what is returned is complete."""
    params = {**_of(pool, name), "Limit": 60}
    listing = pages(pool.endpoint, "ListUsersInGroup", params, carried_by="NextToken", priority=priority)
    return frozenset(user["Username"] for page in listing for user in page["Users"])


def add_member(pool: PoolRef, name: str, username: str, *, priority: Priority) -> None:
    """Put a user into a group; repeatable.

    Raises:
        UserNotFound: there is no such user.
    """
    params = {**_of(pool, name), "Username": username}
    call(pool.endpoint, "AdminAddUserToGroup", params, priority=priority)


def remove_member(pool: PoolRef, name: str, username: str, *, priority: Priority) -> None:
    """Take a user out of a group; one who is gone already is no error."""
    with contextlib.suppress(errors.UserNotFound):
        params = {**_of(pool, name), "Username": username}
        call(pool.endpoint, "AdminRemoveUserFromGroup", params, priority=priority)


def _of(pool: PoolRef, name: str) -> dict[str, Any]:
    return {"UserPoolId": pool.pool_id, "GroupName": name}


def _group(answer: Mapping[str, Any]) -> CognitoGroup:
    document = answer["Group"]
    return CognitoGroup(document["GroupName"], document.get("Description", ""))
