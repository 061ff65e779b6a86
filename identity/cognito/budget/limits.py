"""Which buckets a call takes from. Pure."""

import hashlib
from dataclasses import dataclass

from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.quotas import MANY_FOR_ONE_USER, QUOTAS, WRITES_PER_USER, allowed_per_second

# The part of a quota that we use. The rest is for the difference between our clock and AWS's, and for the calls that
# arrive closer together than they were sent.
USED_PART = 0.985


@dataclass(frozen=True, slots=True)
class Limit:
    """One bucket.

    Attributes:
        key: what is limited, unique over all cells; it holds no secret.
        rate: requests per second.
        is_narrow: whether it is the limit of one operation in one pool, or of one user.
    """

    key: str
    rate: float
    is_narrow: bool = False


def limits_of(
    endpoint: CellEndpoint, category: Category, operation: str, pool_id: str | None, username: str | None = None
) -> tuple[Limit, ...]:
    """Return the buckets that a call takes from: the category's, and where it has them the pool's and the user's.

    Cells in one account and Region have the same keys. A pool's id is unique, so that its bucket needs no account.
    """
    place = endpoint.place
    rate = USED_PART * allowed_per_second(category, dict(endpoint.raised_quotas))
    limits: tuple[Limit, ...] = (Limit(f"{{{place}}}:{category}", rate),)
    if pool_id is None:
        return limits
    narrow = QUOTAS[category].per_operation_and_pool
    if narrow is not None:
        limits += (Limit(f"{{{place}}}:{pool_id}:{operation}", USED_PART * narrow, is_narrow=True),)
    if username is not None and operation in MANY_FOR_ONE_USER:
        # Somebody who comes through an identity provider has a name that says who they are.
        who = hashlib.sha256(username.lower().encode()).hexdigest()[:24]
        limits += (Limit(f"{{{place}}}:{pool_id}:user:{who}", USED_PART * WRITES_PER_USER, is_narrow=True),)
    return limits
