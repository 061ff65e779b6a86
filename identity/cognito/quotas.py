"""Amazon Cognito's request-rate quotas as data.

Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito" (quotas.html), the table of user pools API request
rate quotas. Rates are per account and Region, pooled over all user pools.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from identity.cognito.categories import Category


@dataclass(frozen=True, slots=True)
class Quota:
    """What one category may use.

    Attributes:
        per_second: requests per second of a whole account and Region, as AWS grants them to everybody.
        per_operation_and_pool: requests per second of each operation in one pool, where AWS limits that too.
        adjustable: whether AWS grants more on request, per account and Region.
    """

    per_second: int
    per_operation_and_pool: int | None = None
    adjustable: bool = False


# UNASSIGNED holds the operations that the quota page puts in no category. Five per second is our own careful figure.
QUOTAS: Mapping[Category, Quota] = {
    Category.USER_AUTHENTICATION: Quota(120, adjustable=True),
    Category.CHALLENGE_RESPONSES: Quota(360),
    Category.USER_CREATION: Quota(50, adjustable=True),
    Category.USER_FEDERATION: Quota(25, adjustable=True),
    Category.USER_ACCOUNT_RECOVERY: Quota(30),
    Category.USER_READ: Quota(120, adjustable=True),
    Category.USER_UPDATE: Quota(25),
    Category.USER_TOKEN: Quota(120, adjustable=True),
    Category.USER_RESOURCE_READ: Quota(50, adjustable=True),
    Category.USER_RESOURCE_UPDATE: Quota(25),
    Category.USER_LIST: Quota(30),
    Category.USER_POOL_READ: Quota(15),
    Category.USER_POOL_UPDATE: Quota(15),
    Category.USER_POOL_RESOURCE_READ: Quota(20, 5),
    Category.USER_POOL_RESOURCE_UPDATE: Quota(15, 5),
    Category.USER_POOL_CLIENT_READ: Quota(15, 5),
    Category.USER_POOL_CLIENT_UPDATE: Quota(15, 5),
    Category.CLIENT_AUTHENTICATION: Quota(150),
    Category.LIMIT_MANAGEMENT: Quota(1),
    Category.UNASSIGNED: Quota(5),
}

# One user may be written to so often in a second, whatever the category still has ("Quotas in Amazon Cognito").
WRITES_PER_USER = 10
# The only calls that the engine makes in numbers for one user, who may be in 100 groups. What else it writes for a user
# is one reconcile's few calls, one after the other; and who signs in is limited before that (`federation`).
MANY_FOR_ONE_USER = frozenset({"AdminAddUserToGroup", "AdminRemoveUserFromGroup"})

ADJUSTABLE: tuple[Category, ...] = tuple(category for category, quota in QUOTAS.items() if quota.adjustable)
# Challenge responses have an allowance of their own, so many times that of UserAuthentication. What AWS lets spill over
# from there into UserAuthentication is left alone: it belongs to people who are only beginning to sign in.
_RESPONSES_PER_AUTHENTICATION = 3


def allowed_per_second(category: Category, raised: Mapping[str, int]) -> int:
    """Return what an account and Region may use of a category, in requests per second.

    Arguments:
        raised: the quotas that AWS granted beyond its defaults, by category name; others than adjustable ones do not
            count, and neither does less than the default, which AWS grants to everybody.
    """
    if category is Category.CHALLENGE_RESPONSES:
        return _RESPONSES_PER_AUTHENTICATION * allowed_per_second(Category.USER_AUTHENTICATION, raised)
    quota = QUOTAS[category]
    return max(quota.per_second, raised.get(category, 0)) if quota.adjustable else quota.per_second
