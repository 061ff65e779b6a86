"""Which buckets a call takes from. Pure."""

from dataclasses import dataclass

from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.quotas import QUOTAS, allowed_per_second

# The part of a quota that we use. The rest is for the difference between our clock and AWS's, and for the calls that
# arrive closer together than they were sent.
USED_PART = 0.985


@dataclass(frozen=True, slots=True)
class Limit:
    """One bucket.

    Attributes:
        key: what is limited, unique over all cells; it holds no secret.
        rate: requests per second.
        is_narrow: whether it is the limit of one operation in one pool.
    """

    key: str
    rate: float
    is_narrow: bool = False


def limits_of(endpoint: CellEndpoint, category: Category, operation: str, pool_id: str | None) -> tuple[Limit, ...]:
    """Return the buckets that a call takes from: the category's, and where it has one the pool's.

    Cells in one account and Region have the same keys. A pool's id is unique, so that its bucket needs no account.
    """
    place = endpoint.place
    rate = USED_PART * allowed_per_second(category, dict(endpoint.raised_quotas))
    limits = (Limit(f"{{{place}}}:{category}", rate),)
    narrow = QUOTAS[category].per_operation_and_pool
    if narrow is None or pool_id is None:
        return limits
    return (*limits, Limit(f"{{{place}}}:{pool_id}:{operation}", USED_PART * narrow, is_narrow=True))
