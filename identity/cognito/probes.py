"""Harmless calls that tell whether an operation is allowed, for where IAM may not be asked.

Reads, and writes about a user or an app client that does not exist: AWS decides whether they are allowed before it
looks for their object, so that "not found" means "allowed". What could change anything is not tried, and stays unknown:
creating, deleting, and a pool's settings. The pool must be one of ours, because the policy is about tagged pools.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.checkup import Verdict
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.gate import call
from identity.cognito.policy import needed_operations


def probe(endpoint: CellEndpoint, pool_id: str | None) -> dict[str, Verdict]:
    """Try each needed operation that can be tried without changing anything; the others are unknown.

    Arguments:
        pool_id: a pool of ours in this cell; without one only what is not about a pool can be tried.
    """
    trials = _trials(pool_id)
    return {
        operation: _try(endpoint, operation, trials[operation]) if operation in trials else Verdict.UNKNOWN
        for operation in needed_operations()
    }


def _try(endpoint: CellEndpoint, operation: str, params: Mapping[str, Any]) -> Verdict:
    try:
        call(endpoint, operation, params, priority=Priority.CONFIGURATION)
    except errors.AccessDenied:
        return Verdict.DENIED
    except errors.Transient:
        return Verdict.UNKNOWN
    except errors.CognitoError:
        return Verdict.ALLOWED
    return Verdict.ALLOWED


def _trials(pool_id: str | None) -> dict[str, dict[str, Any]]:
    trials: dict[str, dict[str, Any]] = {
        "ListUserPools": {"MaxResults": 1},
        "DescribeUserPoolDomain": {"Domain": f"nobodys-{uuid.uuid4().hex[:20]}"},
    }
    if pool_id is None:
        return trials
    pool = {"UserPoolId": pool_id}
    user = {**pool, "Username": f"nobody.{uuid.uuid4()}"}
    trials |= dict.fromkeys(("DescribeUserPool", "GetUserPoolMfaConfig"), pool)
    listings = ("ListUserPoolClients", "ListIdentityProviders", "ListResourceServers")
    trials |= {operation: {**pool, "MaxResults": 1} for operation in listings}
    trials |= {operation: {**pool, "Limit": 1} for operation in ("ListUsers", "ListGroups")}
    trials["DescribeUserPoolClient"] = {**pool, "ClientId": uuid.uuid4().hex[:26]}
    on_users = ("AdminGetUser", "AdminDisableUser", "AdminEnableUser", "AdminUserGlobalSignOut")
    trials |= dict.fromkeys(on_users, user)
    trials["AdminUpdateUserAttributes"] = {**user, "UserAttributes": [{"Name": "name", "Value": "nobody"}]}
    return trials
