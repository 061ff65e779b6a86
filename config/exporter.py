"""What `/metrics` says beyond the counters of processes: how far Cognito is behind, read when it is asked for.

A source that cannot be read is reported as such, and its numbers are left out: an old number would look like a fresh
one, and a zero like good news.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from django.db import Error as DatabaseError
from django.db import connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from config import broker
from federation.selectors.metadata_watch import looks_overdue
from identity.models import Family, ResourceState
from identity.sync import backlog
from tenants.models import SyncKind

# Several Prometheus servers may ask; the database is asked once in this time.
KEPT_SECONDS = 10.0
_OWED_STATES = (ResourceState.PENDING, ResourceState.SYNCING, ResourceState.BLOCKED, ResourceState.FAILING)
_OPEN_STATES = (*_OWED_STATES, ResourceState.DRIFTED)


class Convergence(Collector):
    """The state of the fleet's convergence. Every process that shows it shows the same: take the maximum of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._kept: list[GaugeMetricFamily] = []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the gauges, at most `KEPT_SECONDS` old."""
        with self._lock:
            if time.monotonic() - self._read_at >= KEPT_SECONDS:
                self._kept = list(_read())
                self._read_at = time.monotonic()
            return self._kept

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing, so that registering asks no database."""
        return []


def _read() -> Iterator[GaugeMetricFamily]:
    up = GaugeMetricFamily("lifeguard_source_up", "Whether this source could be read.", labels=["source"])
    for source, read, failures in (
        ("postgresql", _from_database, DatabaseError),
        ("redis", _from_redis, RedisError),
    ):
        found = _attempt(read, failures)
        up.add_metric([source], float(found is not None))
        yield from found or []
    yield up


def _attempt(read: Callable[[], list[GaugeMetricFamily]], failures: type[Exception]) -> list[GaugeMetricFamily] | None:
    try:
        return read()
    except failures:
        return None


def _from_database() -> list[GaugeMetricFamily]:
    try:
        return [*_outbox(), _resources(), _periodic(), *_looks(), _metadata(), *_workers()]
    finally:
        # Scrapes are far apart, and the process that answers them may fork.
        connection.close()


def _outbox() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    rows = GaugeMetricFamily("lifeguard_outbox_rows", "What is owed to Cognito.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "lifeguard_outbox_oldest_seconds",
        "How long the change that has waited longest waits; 0 when none does.",
        labels=["kind", "state"],
    )
    found = {(each.kind, each.state): each for each in backlog.owed()}
    for kind in SyncKind:
        for state in _OWED_STATES:
            each = found.get((kind.value, state.value))
            rows.add_metric([kind, state], each.rows if each else 0)
            oldest.add_metric([kind, state], (each.oldest_seconds if each else None) or 0.0)
    return rows, oldest


def _resources() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "lifeguard_resources_not_in_sync",
        "Resources in Cognito that are not as wanted; state drifted counts what somebody changed there.",
        labels=["family", "state"],
    )
    found = backlog.resources_not_in_sync()
    for family in Family:
        for state in _OPEN_STATES:
            gauge.add_metric([family, state], found.get((family.value, state.value), 0))
    return gauge


def _periodic() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "lifeguard_periodic_task_age_seconds", "Time since a periodic task last succeeded.", labels=["task"]
    )
    for task, seconds in backlog.periodic_tasks().items():
        gauge.add_metric([task], seconds)
    return gauge


def _looks() -> Iterator[GaugeMetricFamily]:
    compared = backlog.oldest_comparison()
    if compared is not None:
        yield GaugeMetricFamily(
            "lifeguard_comparison_oldest_seconds",
            "Time since the pool or tenant that was compared with Cognito longest ago was.",
            value=compared,
        )
    yield GaugeMetricFamily(
        "lifeguard_pull_overdue_seconds",
        "How long the sweep of a pool's users that should have ended first is late; 0 when none is.",
        value=backlog.pull_overdue(),
    )


def _metadata() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "lifeguard_metadata_overdue_seconds",
        "How long the daily look at what an identity provider publishes that is latest is late; 0 when none is.",
        value=looks_overdue(),
    )


def _workers() -> Iterator[GaugeMetricFamily]:
    ages = backlog.workers().values()
    if ages:
        yield GaugeMetricFamily(
            "lifeguard_worker_seen_seconds", "Time since any worker last carried out a task.", value=min(ages)
        )


def _from_redis() -> list[GaugeMetricFamily]:
    messages = GaugeMetricFamily(
        "lifeguard_queue_messages", "Wake-ups that no worker took yet; 0 is taken first.", labels=["priority"]
    )
    oldest = GaugeMetricFamily(
        "lifeguard_queue_oldest_seconds",
        "How long the oldest of them waits; 0 when there is none.",
        labels=["priority"],
    )
    for priority, found in broker.waiting_by_priority().items():
        messages.add_metric([str(priority)], found.messages)
        oldest.add_metric([str(priority)], found.oldest_seconds or 0.0)
    return [messages, oldest]
