"""Failures in a row, and what must not be done again before some time is over: in Redis, or in PostgreSQL without it.

Unlike `counters`, whose windows are the same for everybody, these times begin with what happened.
"""

import hashlib
import time
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from federation.models import Counter
from federation.services.counters import in_redis_or_postgresql


def count_in_a_row(kind: str, subject: str, *, quiet_seconds: int) -> int:
    """Count one more in a row, and return how many there are.

    Args:
        kind: what is counted; another kind counts by itself.
        subject: whose; only its hash is kept.
        quiet_seconds: after how long without one the row is over.
    """
    key = _key("row", kind, subject)

    def in_redis() -> int:
        cache.add(key, 0, timeout=quiet_seconds)
        try:
            count = cache.incr(key)
        except ValueError:
            # It ran out between the two calls.
            return 1
        cache.touch(key, quiet_seconds)
        return count

    return in_redis_or_postgresql(in_redis, lambda: _count_in_postgresql(key, quiet_seconds))


def take_one_back(kind: str, subject: str) -> None:
    """Take one back that was counted a moment ago."""
    key = _key("row", kind, subject)

    def in_redis() -> None:
        try:
            cache.decr(key)
        except ValueError:
            # It is over already.
            return

    def in_postgresql() -> None:
        _live(key).filter(count__gt=0).update(count=F("count") - 1)

    in_redis_or_postgresql(in_redis, in_postgresql)


def end_row(kind: str, subject: str) -> None:
    """Forget what was in a row, and the wait that it brought about."""
    keys = [_key("row", kind, subject), _key("wait", kind, subject)]

    def in_postgresql() -> None:
        Counter.objects.filter(key__in=keys).delete()

    in_redis_or_postgresql(lambda: cache.delete_many(keys), in_postgresql)


def begin_wait(kind: str, subject: str, *, seconds: int) -> int:
    """Begin a wait, and return 0; or how many seconds are left of one that has begun: of several at once one begins it.

    Args: as `count_in_a_row`.
    """
    key = _key("wait", kind, subject)

    def in_redis() -> int:
        now = time.time()
        if cache.add(key, now + seconds, timeout=seconds):
            return 0
        return max(1, round((cache.get(key) or now) - now))

    return in_redis_or_postgresql(in_redis, lambda: _wait_in_postgresql(key, seconds))


def end_wait(kind: str, subject: str) -> None:
    """End a wait before its time."""
    key = _key("wait", kind, subject)

    def in_postgresql() -> None:
        Counter.objects.filter(key=key).delete()

    def in_redis() -> None:
        cache.delete(key)

    in_redis_or_postgresql(in_redis, in_postgresql)


def _count_in_postgresql(key: str, quiet_seconds: int) -> int:
    now = timezone.now()
    until = now + timedelta(seconds=quiet_seconds)
    Counter.objects.bulk_create([Counter(key=key, count=0, expires_at=until)], ignore_conflicts=True)
    Counter.objects.filter(key=key, expires_at__lte=now).update(count=0)
    Counter.objects.filter(key=key).update(count=F("count") + 1, expires_at=until)
    return Counter.objects.filter(key=key).values_list("count", flat=True).get()


def _wait_in_postgresql(key: str, seconds: int) -> int:
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    # Of rows that nobody has yet only one is made; an old one is taken over by one UPDATE.
    Counter.objects.bulk_create(
        [Counter(key=key, count=0, expires_at=datetime.fromtimestamp(0, UTC))], ignore_conflicts=True
    )
    if Counter.objects.filter(Q(expires_at__lte=now), key=key).update(expires_at=until):
        return 0
    left = Counter.objects.filter(key=key).values_list("expires_at", flat=True).get() - now
    return max(1, round(left.total_seconds()))


def _live(key: str) -> QuerySet[Counter]:
    return Counter.objects.filter(key=key, expires_at__gt=timezone.now())


def _key(what: str, kind: str, subject: str) -> str:
    return f"lifeguard.{what}.{kind}.{hashlib.sha256(subject.encode()).hexdigest()}"
