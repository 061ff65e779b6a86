"""How many messages wait in Redis, and for how long."""

import json
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from pytest_django.fixtures import Settings

from config import broker
from config.task_context import SENT_AT
from tests.config.metrics import gauges, total


@pytest.fixture
def queue(settings: Settings) -> Iterator[str]:
    """A queue that is empty, and that no worker takes from."""
    settings.TASK_QUEUE = "queue-of-the-test"
    lists = [broker.list_of(priority) for priority in broker.waiting_by_priority()]
    with broker.client() as redis:
        redis.delete(*lists)
        yield settings.TASK_QUEUE
        redis.delete(*lists)


def test_the_age_of_the_queue_is_that_of_its_oldest_message(queue: str) -> None:
    assert broker.waiting() == broker.Waiting(0, None)
    with broker.client() as redis:
        for age in (90, 30):
            redis.lpush(queue, json.dumps({"headers": {SENT_AT: time.time() - age}}))
    found = broker.waiting()
    assert found.messages == 2
    assert found.oldest_seconds == pytest.approx(90, abs=20)


def test_the_newest_message_of_a_task_is_found_among_others(queue: str) -> None:
    assert broker.newest_seconds("ours.sweep") is None
    with broker.client() as redis:
        for task, age in (("ours.sweep", 300), ("ours.sweep", 120), ("ours.other", 5)):
            redis.lpush(queue, json.dumps({"headers": {"task": task, SENT_AT: time.time() - age}}))
    assert broker.newest_seconds("ours.sweep") == pytest.approx(120, abs=60)
    assert broker.newest_seconds("ours.third") is None


def test_letters_and_bulk_changes_count_in_the_queue_too(queue: str, transactional_db: None) -> None:
    """They are sent as the product sends them, so that a kombu which keeps them elsewhere shows."""
    for priority, number in ((None, 1), (6, 2), (9, 3)):
        for _ in range(number):
            current_app.send_task("nobody's", priority=priority, queue=queue)
    found = broker.waiting_by_priority()
    assert {priority: each.messages for priority, each in found.items()} == {0: 1, 3: 0, 6: 2, 9: 3}
    assert broker.waiting().messages == 6
    assert broker.waiting().oldest_seconds is not None
    samples = gauges()
    assert total(samples, "lifeguard_queue_messages") == 6
    assert total(samples, "lifeguard_queue_messages", priority="9") == 3
