"""User pools."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.gate import call
from identity.cognito.listing import pages
from identity.cognito.pool_spec import MfaMode, PoolSpec, SchemaAttribute, create_pool_request, schema_attribute


@dataclass(frozen=True, slots=True)
class PoolSummary:
    """One line of a listing of pools."""

    pool_id: str
    name: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class DescribedPool:
    """A pool as Cognito describes it.

    ``document`` is ``UserPool`` of the answer in the API's own names: what ``merge.merge_pool_update`` takes, and what
    a comparison with desired settings reads.
    """

    pool_id: str
    arn: str
    name: str
    domain: str | None
    deletion_protection: bool
    tags: Mapping[str, str]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MfaConfig:
    """A pool's MFA settings; ``document`` is the whole answer in the API's own names."""

    mode: MfaMode
    totp: bool
    document: Mapping[str, Any]


def create_pool(endpoint: CellEndpoint, spec: PoolSpec, *, priority: Priority) -> DescribedPool:
    """Create a pool. Not idempotent: names are not unique, so look for the name again after ``AmbiguousOutcome``."""
    return _described(call(endpoint, "CreateUserPool", create_pool_request(spec), priority=priority)["UserPool"])


def describe_pool(pool: PoolRef, *, priority: Priority) -> DescribedPool:
    """Describe a pool.

    Raises:
        NotFound: there is no such pool.
    """
    answer = call(pool.endpoint, "DescribeUserPool", {"UserPoolId": pool.pool_id}, priority=priority)
    return _described(answer["UserPool"])


def list_pools(endpoint: CellEndpoint, *, priority: Priority) -> Iterator[PoolSummary]:
    """All pools of a cell, page by page. A page that fails raises: a listing that ends without error is complete."""
    for page in pages(endpoint, "ListUserPools", {"MaxResults": 60}, carried_by="NextToken", priority=priority):
        for pool in page["UserPools"]:
            yield PoolSummary(pool["Id"], pool["Name"], pool.get("CreationDate"))


def update_pool(pool: PoolRef, request: Mapping[str, Any], *, priority: Priority) -> None:
    """Replace a pool's settings by a complete document.

    Arguments:
        request: from ``merge.merge_pool_update``, made from a description read under the pool's write lock. What it
            omits is reset to Cognito's defaults.

    Raises:
        ConcurrentModification: somebody else is changing the pool.
    """
    call(pool.endpoint, "UpdateUserPool", {**request, "UserPoolId": pool.pool_id}, priority=priority)


def add_attributes(pool: PoolRef, attributes: Sequence[SchemaAttribute], *, priority: Priority) -> None:
    """Add custom attributes to a pool's schema, for good.

    Arguments:
        attributes: at most 25; none may be there yet.

    Raises:
        InvalidRequest: one is there already.
        QuotaReached: a pool has 50 at the most.
    """
    declared = [schema_attribute(attribute) for attribute in attributes]
    request = {"UserPoolId": pool.pool_id, "CustomAttributes": declared}
    call(pool.endpoint, "AddCustomAttributes", request, priority=priority)


def delete_pool(pool: PoolRef, *, priority: Priority) -> None:
    """Delete a pool and all its users; one that is gone already is no error. AWS Support can restore it for 14 days.

    Raises:
        InvalidRequest: its deletion protection is on, or it has a domain.
    """
    with contextlib.suppress(errors.NotFound):
        call(pool.endpoint, "DeleteUserPool", {"UserPoolId": pool.pool_id}, priority=priority)


def get_mfa_config(pool: PoolRef, *, priority: Priority) -> MfaConfig:
    """Read a pool's MFA settings."""
    answer = call(pool.endpoint, "GetUserPoolMfaConfig", {"UserPoolId": pool.pool_id}, priority=priority)
    return _mfa_config(answer)


def set_mfa_config(pool: PoolRef, settings: Mapping[str, Any], *, priority: Priority) -> MfaConfig:
    """Replace a pool's MFA settings by a complete document.

    Arguments:
        settings: members of SetUserPoolMfaConfig, made from what was read under the pool's write lock.

    Raises:
        InvalidRequest: the mode asks for MFA, but the pool would be left without any factor.
    """
    request = {**settings, "UserPoolId": pool.pool_id}
    return _mfa_config(call(pool.endpoint, "SetUserPoolMfaConfig", request, priority=priority))


def _described(document: Mapping[str, Any]) -> DescribedPool:
    return DescribedPool(
        pool_id=document["Id"],
        arn=document["Arn"],
        name=document["Name"],
        domain=document.get("Domain"),
        deletion_protection=document.get("DeletionProtection") == "ACTIVE",
        tags=document.get("UserPoolTags", {}),
        document=document,
    )


def _mfa_config(answer: Mapping[str, Any]) -> MfaConfig:
    document = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return MfaConfig(
        mode=MfaMode(document.get("MfaConfiguration", "OFF")),
        totp=bool(document.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False)),
        document=document,
    )
