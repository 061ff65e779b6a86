"""Counting what people do within fixed windows of time: in Redis, and in PostgreSQL while Redis does not answer.

Limits that stood open while Redis is away would be an invitation to make it go away.
"""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from django.core.cache import cache
from django.db.models import F
from redis.exceptions import RedisError

from federation.models import Counter
from tenants.pause import Pause

_log = structlog.get_logger(__name__)
T = TypeVar("T")


# One process asks one Redis.
_pause = Pause(seconds=10)


def count_up(kind: str, subject: str, *, window_seconds: int) -> int:
    """Count one, and return how many there are in this window, which is the same for everybody.

    Args:
        kind: what is counted; another kind counts by itself.
        subject: whose; only its hash is kept.
        window_seconds: how long a window is. Windows begin at multiples of it since the epoch.
    """
    return _add(1, kind, subject, window_seconds)


def count_down(kind: str, subject: str, *, window_seconds: int) -> None:
    """Take one back that was counted in this window, a moment ago."""
    _add(-1, kind, subject, window_seconds)


def seconds_left(window_seconds: int) -> int:
    """Return how long the present window lasts yet, in whole seconds, at least one."""
    return window_seconds - int(time.time()) % window_seconds


def in_redis_or_postgresql(in_redis: Callable[[], T], in_postgresql: Callable[[], T]) -> T:
    """Return what one of the two says: the second one only while Redis does not answer."""
    if _pause.is_over:
        try:
            return in_redis()
        except RedisError as error:
            _pause.begin()
            _log.warning("counting_in_postgresql", reason=str(error))
    return in_postgresql()


def _add(step: int, kind: str, subject: str, window_seconds: int) -> int:
    window = int(time.time()) // window_seconds
    # The window is part of the key, so that no counter runs out between two calls.
    key = f"lifeguard.count.{kind}.{window}.{hashlib.sha256(subject.encode()).hexdigest()}"

    def in_redis() -> int:
        try:
            return cache.incr(key, step)
        except ValueError:
            # The first one of this window.
            cache.add(key, 0, timeout=2 * window_seconds)
        try:
            return cache.incr(key, step)
        except ValueError:
            # Redis was emptied between the two calls.
            return max(step, 0)

    return in_redis_or_postgresql(in_redis, lambda: _add_in_postgresql(step, key, (window + 2) * window_seconds))


def _add_in_postgresql(step: int, key: str, expires: int) -> int:
    expires_at = datetime.fromtimestamp(expires, UTC)
    Counter.objects.bulk_create([Counter(key=key, count=0, expires_at=expires_at)], ignore_conflicts=True)
    rows = Counter.objects.filter(key=key)
    if step > 0:
        rows.update(count=F("count") + step)
    else:
        rows.filter(count__gt=0).update(count=F("count") - 1)
    return rows.values_list("count", flat=True).get()
