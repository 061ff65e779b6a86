"""Request-rate quotas, enforced as AWS does: too much in a second is TooManyRequestsException."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.cognito.errors import ServiceError
from local.cognito.fault_orders import is_read
from local.cognito.model import Doc
from local.cognito.quota_table import PER_USER, Category, categories_of

# Full buckets are as good as none: they are thrown away when there are many.
_MANY_BUCKETS = 10_000


@dataclass
class _Bucket:
    """Tokens that come back at `rate` per second, up to what one second brings."""

    rate: float
    tokens: float
    at: float

    def level(self, now: float) -> float:
        return min(self._size(), self.tokens + (now - self.at) * self.rate)

    def is_full(self, now: float) -> bool:
        return self.level(now) >= self._size()

    def take(self, now: float) -> None:
        self.tokens, self.at = self.level(now) - 1, now

    def _size(self) -> float:
        return max(1.0, self.rate)


@dataclass
class _Count:
    allowed: int = 0
    throttled: int = 0


@dataclass(frozen=True)
class Quota:
    """One limit that a call is under: its key, and requests per second before scaling."""

    key: tuple[str, ...]
    rate: float


@dataclass(frozen=True)
class Place:
    """Where a call is counted: account and Region, pool, and the user it names."""

    account: str
    region: str
    pool_id: str | None
    user: str | None


class Quotas:
    """What is left of each allowance. Used from the event loop only.

    Args:
        scale: 1 is AWS's defaults, 2 twice that, 0 no limits at all.
        monotonic: seconds that never go back.
    """

    def __init__(self, scale: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, ...], _Bucket] = {}
        self._counts: dict[tuple[str, str, str], _Count] = {}
        self._narrow = _Count()
        self.scale = 0.0
        self.rescale(scale)

    def rescale(self, scale: float) -> None:
        """Change the scale; every allowance begins full again."""
        if scale < 0:
            raise ValueError("scale is 0 or more")
        self.scale = scale
        self._buckets = {}

    def admit(self, operation: str, params: Doc, place: Place) -> None:
        """Count a call, or raise TooManyRequestsException; a call that is refused uses nothing up."""
        categories = categories_of(operation, params)
        if not self.scale:
            self._count(categories[0], place).allowed += 1
            return
        now = self._monotonic()
        if len(self._buckets) > _MANY_BUCKETS:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        narrow = [self._bucket(quota, now) for quota in _narrow(categories[0], operation, place)]
        if any(bucket.level(now) < 1 for bucket in narrow):
            self._count(categories[0], place).throttled += 1
            self._narrow.throttled += 1
            raise ServiceError("TooManyRequestsException", "Too many requests")
        for category in categories:
            wide = self._bucket(_wide(category, place), now)
            if wide.level(now) >= 1:
                for bucket in (wide, *narrow):
                    bucket.take(now)
                self._count(category, place).allowed += 1
                return
        self._count(categories[-1], place).throttled += 1
        raise ServiceError("TooManyRequestsException", "Rate exceeded")

    def _bucket(self, quota: Quota, now: float) -> _Bucket:
        bucket = self._buckets.get(quota.key)
        if bucket is None:
            rate = quota.rate * self.scale
            bucket = self._buckets[quota.key] = _Bucket(rate, max(1.0, rate), now)
        return bucket

    def _count(self, category: Category, place: Place) -> _Count:
        return self._counts.setdefault((place.account, place.region, category.name), _Count())

    def shown(self) -> dict[str, Any]:
        """As GET /_local/quotas shows it."""
        now = self._monotonic()
        return {
            "scale": self.scale,
            "throttled": sum(count.throttled for count in self._counts.values()),
            "throttled_per_pool_or_user": self._narrow.throttled,
            "categories": [self._category_shown(key, count, now) for key, count in sorted(self._counts.items())],
        }

    def _category_shown(self, key: tuple[str, str, str], count: _Count, now: float) -> dict[str, Any]:
        account, region, name = key
        bucket = self._buckets.get(key)
        return {
            "account": account,
            "region": region,
            "category": name,
            "per_second": None if bucket is None else bucket.rate,
            "used": 0.0 if bucket is None else round(max(1.0, bucket.rate) - bucket.level(now), 3),
            "allowed": count.allowed,
            "throttled": count.throttled,
        }

    def forget(self) -> None:
        """Begin to count anew; what is used up stays used up."""
        self._counts, self._narrow = {}, _Count()


def _wide(category: Category, place: Place) -> Quota:
    return Quota((place.account, place.region, category.name), category.rate)


def _narrow(category: Category, operation: str, place: Place) -> list[Quota]:
    """The limits of one operation in one pool, and of one user."""
    found: list[Quota] = []
    if place.pool_id is None:
        return found
    if category.per_pool is not None:
        found.append(Quota(("pool", place.pool_id, operation), category.per_pool))
    if place.user is not None:
        kind = "reads" if is_read(operation) else "writes"
        found.append(Quota(("user", place.pool_id, place.user, kind), PER_USER))
    return found
