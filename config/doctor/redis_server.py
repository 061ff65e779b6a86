"""Redis: whether it answers, and whether it is set up as a broker and a keeper of counters needs."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from redis import RedisError

from config import broker
from config.doctor import clock
from config.doctor.finding import Finding, failed, ok, warning

# What we test with; older ones may lack what the rate budget's scripts use.
_OLDEST = (6, 2)


def check_redis() -> Iterator[Finding]:
    """Ping, look at version, eviction and persistence, and compare clocks."""
    try:
        with broker.client() as redis:
            began = time.time()
            seconds, microseconds = redis.time()
            ahead = (began + time.time()) / 2 - (seconds + microseconds / 1e6)
            info: dict[str, Any] = redis.info()
    except RedisError as error:
        where = urlsplit(settings.REDIS_URL)
        yield failed(
            "redis",
            f"Redis does not answer at {where.hostname}:{where.port or 6379}: {error}",
            "Check LIFEGUARD_REDIS_URL, that the server runs, and that this machine may reach it. Nothing that is owed"
            " is lost meanwhile.",
        )
        return
    yield _version(info)
    yield clock.compared("redis clock", ahead, "Redis")
    yield _eviction(info)
    yield _persistence(info)


def _version(info: dict[str, Any]) -> Finding:
    version = str(info["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        return warning("redis", f"Redis {version} answers, which is older than we test with.", "Update it to 7.")
    return ok("redis", f"Redis {version} answers.")


def _eviction(info: dict[str, Any]) -> Finding:
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        return ok("redis eviction", "It throws nothing away when its memory is full (noeviction).")
    message = f"It throws keys away when its memory is full ({policy}): wake-ups wait then, and counters begin anew."
    return warning(
        "redis eviction", message, "Set maxmemory-policy to noeviction, or give this Redis to Lifeguard alone."
    )


def _persistence(info: dict[str, Any]) -> Finding:
    if int(info.get("aof_enabled", 0)):
        return ok("redis persistence", "It keeps an append-only file.")
    message = (
        "It keeps no append-only file. A restart loses nothing that is owed: the next sweep sends the wake-ups again."
    )
    return ok("redis persistence", message)
