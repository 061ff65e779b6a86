"""What was called lately, and how fast calls may go now: read from Redis for pages and commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from redis import Redis, RedisError

from identity.cognito.budget import keys
from identity.cognito.budget.shared import connect
from identity.cognito.categories import Category

MINUTES = 60


class UsageUnknown(Exception):
    """Redis cannot be asked."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What happened in one minute of one category.

    Attributes:
        calls: slots that were granted; each is a call.
        throttled: calls that AWS refused as too many.
        refused: calls that our own budget told to come back later.
        waited: seconds that calls waited for their slots, added up.
    """

    calls: int = 0
    throttled: int = 0
    refused: int = 0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class CategoryUsage:
    """One category in one account and Region.

    Attributes:
        minutes: the last `MINUTES` whole minutes, the oldest first, and the one that has begun.
        per_second: calls a second over the last 60 seconds; the minute before counts as far as it reaches into them.
        factor: the part of the rate that is granted now; less than 1 after throttled calls.
        cut_by: the operation that was throttled last; empty for none in living memory.
        cut_at: when that was.
    """

    minutes: tuple[Minute, ...]
    per_second: float
    factor: float
    cut_by: str
    cut_at: datetime | None


def read_usage(redis_url: str, place: str) -> Mapping[Category, CategoryUsage]:
    """Return what the calls of a place (`CellEndpoint.place`) came to, for every category.

    Raises:
        UsageUnknown: Redis cannot be asked.
    """
    try:
        return _read(_client(redis_url), place)
    except RedisError as error:
        raise UsageUnknown from error


@cache
def _client(url: str) -> Redis:
    return connect(url)


def _read(client: Redis, place: str) -> Mapping[Category, CategoryUsage]:
    # The library's types allow for its asynchronous twin, which this is not.
    clock: Any = client.time()
    seconds = clock[0] + clock[1] / 1_000_000
    this_minute = int(seconds // 60)
    with client.pipeline(transaction=False) as pipeline:
        for minute in range(this_minute - MINUTES, this_minute + 1):
            pipeline.hgetall(f"{keys.usage_prefix(place)}{minute}")
        for category in Category:
            pipeline.hmget(f"{keys.BUCKET}{{{place}}}:{category}", "factor", "cut_at", "reason")
        answers = pipeline.execute()
    counts, buckets = answers[: MINUTES + 1], answers[MINUTES + 1 :]
    return {
        category: _usage_of(category, counts, bucket, into_minute=seconds % 60)
        for category, bucket in zip(Category, buckets, strict=True)
    }


def _usage_of(
    category: Category, counts: Sequence[Mapping[str, str]], bucket: Sequence[str | None], *, into_minute: float
) -> CategoryUsage:
    minutes = tuple(_minute_of(category, count) for count in counts)
    factor, cut_at, cut_by = bucket
    return CategoryUsage(
        minutes=minutes,
        per_second=(minutes[-1].calls + minutes[-2].calls * (1 - into_minute / 60)) / 60,
        factor=float(factor or 1),
        cut_by=cut_by or "",
        cut_at=datetime.fromtimestamp(int(cut_at) / 1_000_000, UTC) if cut_at else None,
    )


def _minute_of(category: Category, count: Mapping[str, str]) -> Minute:
    def counted(field: str) -> int:
        return int(count.get(f"{category} {field}", 0))

    return Minute(counted("calls"), counted("throttled"), counted("refused"), counted("waited") / 1_000_000)
