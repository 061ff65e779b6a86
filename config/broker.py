"""What waits in Redis for a worker: kombu keeps a queue as a list, in which the oldest message is the last."""

import json
import time
from dataclasses import dataclass

from django.conf import settings
from redis import Redis

from config.task_context import SENT_AT

_PATIENCE_SECONDS = 2


@dataclass(frozen=True)
class Waiting:
    """The messages that no worker took yet. Ages are seconds by this machine's clock; None when there is no message."""

    messages: int
    oldest_seconds: float | None
    newest_seconds: float | None


def client() -> Redis:
    """Return a client for the broker that gives up soon."""
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
    )


def waiting() -> Waiting:
    """Look at the queue without taking anything from it.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    with client() as redis:
        name = settings.TASK_QUEUE
        messages, oldest, newest = redis.pipeline().llen(name).lindex(name, -1).lindex(name, 0).execute()
    return Waiting(messages, _age(oldest), _age(newest))


def _age(message: bytes | None) -> float | None:
    if message is None:
        return None
    sent_at = json.loads(message)["headers"].get(SENT_AT)
    return None if sent_at is None else max(0.0, time.time() - sent_at)
