"""What waits in Redis for a worker.

kombu keeps a queue as one list for each of its priority steps, in which the oldest message is the last; a worker takes
from the list of the lowest number first (`kombu.transport.redis.Channel`).
"""

import json
import time
from dataclasses import dataclass

from django.conf import settings
from kombu.transport.redis import PRIORITY_STEPS, Channel
from redis import Redis

from config.task_context import SENT_AT

_PATIENCE_SECONDS = 2
# As many messages are looked at for one of a task; without a worker beat sends some thirty a minute.
_NEWEST = 1_000


@dataclass(frozen=True)
class Waiting:
    """The messages that no worker took yet; the age is in seconds by this machine's clock, None without a message."""

    messages: int
    oldest_seconds: float | None


def client() -> Redis:
    """Return a client for the broker that gives up soon."""
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
    )


def list_of(priority: int) -> str:
    """Return the name of the list that holds the messages of one of `PRIORITY_STEPS`."""
    name: str = settings.TASK_QUEUE
    return f"{name}{Channel.sep}{priority}" if priority else name


def waiting_by_priority() -> dict[int, Waiting]:
    """Look at the lists of all priorities, the most urgent first, without taking anything from them.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    with client() as redis, redis.pipeline() as pipeline:
        for priority in PRIORITY_STEPS:
            name = list_of(priority)
            pipeline.llen(name).lindex(name, -1)
        answers = iter(pipeline.execute())
    return {
        priority: Waiting(messages, _age(oldest))
        for priority, messages, oldest in zip(PRIORITY_STEPS, answers, answers, strict=True)
    }


def waiting() -> Waiting:
    """Look at all of them as one queue.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found = waiting_by_priority().values()
    return Waiting(
        sum(each.messages for each in found),
        max((each.oldest_seconds for each in found if each.oldest_seconds is not None), default=None),
    )


def newest_seconds(task: str) -> float | None:
    """Return the age of the newest of the most urgent messages that ask for a task, in seconds; None without one.

    Args:
        task: its name, such as `identity.sync.sweep`.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    with client() as redis:
        messages = redis.lrange(list_of(PRIORITY_STEPS[0]), 0, _NEWEST - 1)
    return next((_age(message) for message in messages if json.loads(message)["headers"]["task"] == task), None)


def _age(message: bytes | None) -> float | None:
    if message is None:
        return None
    sent_at = json.loads(message)["headers"].get(SENT_AT)
    return None if sent_at is None else max(0.0, time.time() - sent_at)
