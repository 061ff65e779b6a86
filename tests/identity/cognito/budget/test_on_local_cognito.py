"""The budget between the gate and a Cognito that enforces its quotas, at their real speed."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from redis import Redis

from identity.cognito.budget.budget import RateBudget
from identity.cognito.budget.limits import limits_of
from identity.cognito.budget.usage import read_usage
from identity.cognito.calls import Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.errors import Throttled
from identity.cognito.gate import call
from identity.cognito.hooks import Hooks
from tests.identity.cognito.budget.simulation import LANES
from tests.local_cognito.running import RunningCognito

Start = Callable[[float], CellEndpoint]


@pytest.fixture
def start(tmp_path: Path, redis: Redis, fresh_hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a local Cognito with its quotas at a scale, and returns how to reach it through the budget."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    budget = RateBudget(redis, LANES)
    fresh_hooks.budget = budget
    fresh_hooks.observers = [budget]
    running: list[RunningCognito] = []

    def start_at(scale: float) -> CellEndpoint:
        running.append(RunningCognito(tmp_path, quota_scale=scale))
        return CellEndpoint("enforcing", "us-east-1", endpoint_url=running[0].url)

    yield start_at
    for cognito in running:
        cognito.stop()


def make_pool(endpoint: CellEndpoint) -> str:
    answer = call(endpoint, "CreateUserPool", {"PoolName": "budgeted"}, priority=Priority.CONFIGURATION)
    pool_id: str = answer["UserPool"]["Id"]
    return pool_id


def create_users(endpoint: CellEndpoint, pool_id: str, *, until: Callable[[int], bool]) -> tuple[int, int]:
    """Create users with eight threads until `until` is told of enough; return how many, and how many throttles."""
    created: list[object] = []
    throttled: list[Throttled] = []

    def work(_: int) -> None:
        while not until(len(created)):
            request = {"UserPoolId": pool_id, "Username": str(uuid.uuid4()), "MessageAction": "SUPPRESS"}
            try:
                created.append(call(endpoint, "AdminCreateUser", request, priority=Priority.BULK))
            except Throttled as error:
                throttled.append(error)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    return len(created), len(throttled)


def test_nothing_is_throttled_at_the_quota(start: Start) -> None:
    endpoint = start(1)
    pool_id = make_pool(endpoint)
    began = time.monotonic()
    created, throttled = create_users(endpoint, pool_id, until=lambda count: count >= 150)
    seconds = time.monotonic() - began
    shown = httpx.get(f"{endpoint.endpoint_url}/_local/quotas", timeout=30).json()
    assert (throttled, shown["throttled"]) == (0, 0)
    # Eight threads may have one call more each on their way than were asked for.
    assert 150 <= created <= 158
    assert created <= 50 * (seconds + 1)
    usage = read_usage(settings.REDIS_URL, endpoint.place)[Category.USER_CREATION]
    assert sum(minute.calls for minute in usage.minutes) == created
    assert sum(minute.waited for minute in usage.minutes) > 0


def test_one_user_goes_into_many_groups_without_a_throttle(start: Start) -> None:
    """Ten writes a second are one user's, whatever the category has left."""
    endpoint = start(1)
    pool_id = make_pool(endpoint)
    group = {"UserPoolId": pool_id, "GroupName": "staff"}
    call(endpoint, "CreateGroup", group, priority=Priority.CONFIGURATION)
    request = {"UserPoolId": pool_id, "Username": "ann", "MessageAction": "SUPPRESS"}
    call(endpoint, "AdminCreateUser", request, priority=Priority.CONFIGURATION)
    for _ in range(25):
        call(endpoint, "AdminAddUserToGroup", {**group, "Username": "ann"}, priority=Priority.CONFIGURATION)
    assert httpx.get(f"{endpoint.endpoint_url}/_local/quotas", timeout=30).json()["throttled"] == 0


def test_users_do_not_wait_for_each_other() -> None:
    """Each has a bucket of their own beside the category's; its name says nothing of theirs."""
    endpoint = CellEndpoint("enforcing", "us-east-1")
    ann, bob, nobody = (
        limits_of(endpoint, Category.USER_UPDATE, "AdminAddUserToGroup", "us-east-1_a", name)
        for name in ("ann@example.com", "bob@example.com", None)
    )
    assert nobody == ann[:1] == bob[:1]
    assert ann[1].key != bob[1].key
    assert "ann" not in ann[1].key
    assert limits_of(endpoint, Category.USER_UPDATE, "AdminDisableUser", "us-east-1_a", "ann@example.com") == nobody


def test_an_account_that_others_use_too_is_learned_from_throttles(start: Start) -> None:
    """AWS lets through half of what it promised: the rate is cut, and told to the page."""
    endpoint = start(0.5)
    pool_id = make_pool(endpoint)

    def is_cut(_: int) -> bool:
        return read_usage(settings.REDIS_URL, endpoint.place)[Category.USER_CREATION].factor < 0.65

    created, throttled = create_users(endpoint, pool_id, until=is_cut)
    usage = read_usage(settings.REDIS_URL, endpoint.place)[Category.USER_CREATION]
    assert throttled >= 2
    assert sum(minute.throttled for minute in usage.minutes) == throttled
    assert created > 2 * throttled
    assert usage.cut_by == "AdminCreateUser"
