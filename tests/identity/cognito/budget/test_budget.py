"""The budget as the gate meets it: waiting, being sent away, learning from AWS, and living without Redis."""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from redis import Redis

from identity.cognito.budget.budget import RateBudget
from identity.cognito.budget.lanes import Lane, lanes
from identity.cognito.budget.shared import connect
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.errors import BudgetSpent, Throttled
from local.stack import servers
from local.stack.ports import Ports
from tests.identity.cognito.budget.simulation import LANES, most_in_a_second
from tests.support.processes import LiveProcess
from tests.support.stack_plugin import LOCAL_PYTHON
from tests.support.waiting import eventually

# The discard port, on which nothing listens.
NOWHERE = "redis://127.0.0.1:9/0"
EAGER = {priority: Lane(lane.credit, patience=0.25) for priority, lane in LANES.items()}


@pytest.fixture
def budget(redis: Redis) -> RateBudget:
    return RateBudget(redis, LANES)


def acquire(budget: RateBudget, endpoint: CellEndpoint, priority: Priority = Priority.SIGN_IN) -> float:
    """Wait for a slot of 25 a second; return when it came."""
    budget.acquire(endpoint, Category.USER_UPDATE, "AdminUpdateUserAttributes", "eu-west-1_a", priority)
    return time.monotonic()


def rate_of(endpoint: CellEndpoint) -> float | None:
    return REGISTRY.get_sample_value("lifeguard_budget_rate", {"cell": endpoint.name, "category": "UserUpdate"})


def test_many_threads_keep_to_the_rate(budget: RateBudget, endpoint: CellEndpoint) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        times = sorted(threads.map(lambda _: acquire(budget, endpoint, Priority.BULK), range(50)))
    # A thread may wake up late; then it goes together with the next ones.
    assert most_in_a_second(times) <= 25 * 1.1 + 1 + 16
    assert times[-1] - began >= 49 / 25 - 0.1 - 0.04


def test_who_would_wait_too_long_is_told_when_to_come_back(redis: Redis, endpoint: CellEndpoint) -> None:
    budget = RateBudget(redis, EAGER)
    with ThreadPoolExecutor(32) as threads:
        futures = [threads.submit(acquire, budget, endpoint, Priority.BULK) for _ in range(32)]
    refusals = [refusal for future in futures if isinstance(refusal := future.exception(), Throttled)]
    assert refusals
    for refusal in refusals:
        assert isinstance(refusal, BudgetSpent)
        assert refusal.retry_after is not None
        assert 0 < refusal.retry_after < 32 / 25


def test_a_raised_quota_counts_at_once(budget: RateBudget, endpoint: CellEndpoint) -> None:
    raised = CellEndpoint(
        "raised", endpoint.region, role_arn=endpoint.role_arn, raised_quotas=(("UserCreation", 80), ("UserUpdate", 80))
    )
    budget.acquire(raised, Category.USER_CREATION, "AdminCreateUser", "eu-west-1_a", Priority.SIGN_IN)
    labels = {"cell": "raised", "category": "UserCreation"}
    assert REGISTRY.get_sample_value("lifeguard_budget_rate", labels) == pytest.approx(80 * 0.985)
    # AWS raises UserUpdate for nobody.
    acquire(budget, raised)
    assert rate_of(raised) == pytest.approx(25 * 0.985)


def test_throttled_calls_slow_the_next_ones_down(budget: RateBudget, endpoint: CellEndpoint) -> None:
    call = Call(endpoint, Category.USER_UPDATE, "AdminUpdateUserAttributes", "eu-west-1_a", Priority.BULK)
    for outcome in (Outcome.OK, Outcome.REFUSED, Outcome.AMBIGUOUS):
        budget.observe(call, outcome, 0.1)
    acquire(budget, endpoint)
    assert rate_of(endpoint) == pytest.approx(25 * 0.985)
    budget.observe(call, Outcome.THROTTLED, 0.1)
    acquire(budget, endpoint)
    assert rate_of(endpoint) == pytest.approx(25 * 0.985 * 0.8, rel=0.02)


def test_without_redis_a_process_keeps_to_a_tenth(endpoint: CellEndpoint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="identity.cognito.budget")
    budget = RateBudget(connect(NOWHERE), LANES)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        times = sorted(threads.map(lambda _: acquire(budget, endpoint), range(5)))
    assert times[-1] - began >= 3 / 2.5
    assert rate_of(endpoint) == pytest.approx(2.5 * 0.985)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_when_redis_is_back_the_budget_is_shared_again(
    endpoint: CellEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING, logger="identity.cognito.budget")
    # Where the machine has no Redis of its own, the local stack's virtual environment has one.
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{LOCAL_PYTHON.parent}")
    port = Ports.unused().redis
    budget = RateBudget(connect(f"redis://127.0.0.1:{port}/0"), LANES)
    acquire(budget, endpoint)
    server = LiveProcess(lambda: servers.redis(tmp_path, port, tmp_path / "redis.log", durable=False))
    server.start()
    try:
        eventually(lambda: acquire(budget, endpoint) and rate_of(endpoint) == pytest.approx(25 * 0.985))
    finally:
        server.stop()
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_a_forked_child_can_use_it_whatever_its_parent_was_doing(endpoint: CellEndpoint) -> None:
    budget = RateBudget(connect(NOWHERE), LANES)
    held = threading.Event()
    over = threading.Event()

    def hold() -> None:
        with budget._lock, budget._own._lock:  # noqa: SLF001  # Held for a moment only, which no test could meet.
            held.set()
            over.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    child = os.fork()
    if child == 0:
        acquire(budget, endpoint)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    over.set()
    holder.join()
    assert os.waitstatus_to_exitcode(status) == 0


def test_patience_ends_within_the_lease() -> None:
    for lease in (8, 10, 60):
        patient = lanes(lease)[Priority.CONFIGURATION].patience
        assert 0 < patient <= lease - 7
    assert lanes(60)[Priority.SIGN_IN].patience == 2
