"""Looking at a cell from outside the reconciler: who we are there, what we may do, what AWS allows. Changes nothing."""

import re
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from identity.cognito.calls import Priority
from identity.cognito.categories import Category
from identity.cognito.clients import new_client
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.gate import call
from identity.cognito.policy import POOL_TAG, needed_operations
from identity.cognito.translate import SDK_ERRORS, translate

_PREFIX = "cognito-idp:"
# The names in Service Quotas, such as "Rate of UserPoolRead requests" and "... requests per account".
_RATE = re.compile(r"Rate of (\w+) requests(?: per account)?")
_USER_POOLS = "User pools per account"


class Verdict(StrEnum):
    """Whether an operation is allowed."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to AWS. `ahead` is by how many seconds our clock is before AWS's, which tells whole seconds only."""

    account: str
    arn: str
    ahead: float

    @property
    def is_root(self) -> bool:
        """Whether this is the account's root user, whom no policy limits."""
        return self.arn.endswith(":root")

    def policy_source(self, role_arn: str | None) -> str:
        """The ARN whose policies count: of a session of a role, the role. Its path is known from the cell alone."""
        session = re.fullmatch(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/.+", self.arn)
        if session is None:
            return self.arn
        return role_arn or f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"


@dataclass(frozen=True, slots=True)
class ServiceQuotas:
    """What AWS grants: requests per second by category, and the number of user pools (None where it is not told).

    A rate is a ceiling: what is provisioned below it is told by `provisioned_limit`.
    """

    rates: dict[Category, float]
    user_pools: float | None


def who_am_i(endpoint: CellEndpoint) -> Identity:
    """Ask STS, which every identity may; assumes the cell's role on the way.

    Raises:
        CognitoError: no credentials, a role that does not let us in, nothing that answers.
    """
    began = time.time()
    answer = _ask(endpoint, "sts", "GetCallerIdentity", "get_caller_identity")
    ours = (began + time.time()) / 2
    return Identity(answer["Account"], answer["Arn"], ours - _date_of(answer, default=ours))


def simulate(endpoint: CellEndpoint, identity: Identity, pool_id: str | None) -> dict[str, Verdict]:
    """Have IAM say which of the needed operations are allowed on a pool of ours.

    Raises:
        AccessDenied: we may not ask that.
        CognitoError: the answer did not come.
    """
    partition = identity.arn.split(":")[1]
    answer = _ask(
        endpoint,
        "iam",
        "SimulatePrincipalPolicy",
        "simulate_principal_policy",
        PolicySourceArn=identity.policy_source(endpoint.role_arn),
        ActionNames=[f"{_PREFIX}{operation}" for operation in needed_operations()],
        ResourceArns=[f"arn:{partition}:cognito-idp:{endpoint.region}:{identity.account}:userpool/{pool_id or '*'}"],
        ContextEntries=[
            {
                "ContextKeyName": f"aws:ResourceTag/{POOL_TAG}",
                "ContextKeyValues": [pool_id or "any"],
                "ContextKeyType": "string",
            }
        ],
        MaxItems=1000,
    )
    return {
        result["EvalActionName"].removeprefix(_PREFIX): (
            Verdict.ALLOWED if result["EvalDecision"] == "allowed" else Verdict.DENIED
        )
        for result in answer["EvaluationResults"]
    }


def service_quotas(endpoint: CellEndpoint) -> ServiceQuotas:
    """Read what Service Quotas says of user pools in the cell's account and Region.

    Raises:
        AccessDenied: we may not ask that.
        CognitoError: the answer did not come.
    """
    rates: dict[Category, float] = {}
    user_pools, token = None, None
    while True:
        page = {"ServiceCode": "cognito-idp", "MaxResults": 100} | ({"NextToken": token} if token else {})
        answer = _ask(endpoint, "service-quotas", "ListServiceQuotas", "list_service_quotas", **page)
        for quota in answer["Quotas"]:
            rate = _RATE.fullmatch(quota["QuotaName"])
            if rate and rate[1] in set(Category):
                rates[Category(rate[1])] = quota["Value"]
            elif quota["QuotaName"] == _USER_POOLS:
                user_pools = quota["Value"]
        token = answer.get("NextToken")
        if not token:
            return ServiceQuotas(rates, user_pools)


def provisioned_limit(endpoint: CellEndpoint, category: Category) -> int:
    """Return the requests per second that Cognito enforces now: at most the ceiling, at least the free default.

    Raises:
        CognitoError: we may not ask that, or the endpoint does not know it.
    """
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category.value}}
    answer = call(endpoint, "GetProvisionedLimit", {"LimitDefinition": definition}, priority=Priority.CONFIGURATION)
    return int(answer["Limit"]["ProvisionedLimitValue"])


def _ask(endpoint: CellEndpoint, service: str, operation: str, method: str, **params: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = getattr(new_client(endpoint, service), method)(**params)
    except SDK_ERRORS as cause:
        raise translate(cause, operation) from cause
    return answer


def _date_of(answer: dict[str, Any], *, default: float) -> float:
    """The Date header (RFC 9110 section 6.6.1) in the middle of its second; `default` where it is missing."""
    header = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    moment: datetime | None = parsedate_to_datetime(header) if header else None
    return moment.timestamp() + 0.5 if moment else default
