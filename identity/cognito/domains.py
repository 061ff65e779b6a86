"""Domains of user pools: the host names of Cognito's hosted pages and OAuth endpoints."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.gate import call


class LoginPages(IntEnum):
    """Which hosted pages a domain serves; managed login is not in the Lite plan."""

    CLASSIC = 1
    MANAGED = 2


@dataclass(frozen=True, slots=True)
class DescribedDomain:
    """A domain as Cognito describes it; ``status`` is ``ACTIVE``, ``CREATING``, ``FAILED`` and the like."""

    domain: str
    pool_id: str
    status: str
    login_pages: LoginPages


def create_domain(pool: PoolRef, domain: str, *, login_pages: LoginPages, priority: Priority) -> None:
    """Give a pool a domain: a prefix of Amazon's host name.

    Raises:
        InvalidRequest: the prefix is taken, by any AWS account of the Region, or holds a reserved word.
    """
    call(pool.endpoint, "CreateUserPoolDomain", _request(pool, domain, login_pages), priority=priority)


def update_domain(pool: PoolRef, domain: str, *, login_pages: LoginPages, priority: Priority) -> None:
    """Change the pages that a domain serves. Its name cannot change."""
    call(pool.endpoint, "UpdateUserPoolDomain", _request(pool, domain, login_pages), priority=priority)


def delete_domain(pool: PoolRef, domain: str, *, priority: Priority) -> None:
    """Take a domain from its pool; one that is gone already is no error."""
    with contextlib.suppress(errors.NotFound):
        params = {"UserPoolId": pool.pool_id, "Domain": domain}
        call(pool.endpoint, "DeleteUserPoolDomain", params, priority=priority)


def describe_domain(
    endpoint: CellEndpoint, domain: str, *, priority: Priority, pool_id: str | None = None
) -> DescribedDomain | None:
    """Describe a domain; ``None`` when this account has no such domain, which Cognito says by describing nothing."""
    answer = call(endpoint, "DescribeUserPoolDomain", {"Domain": domain}, priority=priority, pool_id=pool_id)
    found: Mapping[str, Any] = answer.get("DomainDescription", {})
    if not found.get("UserPoolId"):
        return None
    return DescribedDomain(
        domain=found["Domain"],
        pool_id=found["UserPoolId"],
        status=found.get("Status", "ACTIVE"),
        login_pages=LoginPages(found.get("ManagedLoginVersion", LoginPages.CLASSIC)),
    )


def _request(pool: PoolRef, domain: str, login_pages: LoginPages) -> dict[str, Any]:
    return {"UserPoolId": pool.pool_id, "Domain": domain, "ManagedLoginVersion": login_pages.value}
