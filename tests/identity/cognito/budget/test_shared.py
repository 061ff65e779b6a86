"""The buckets in Redis: one script for all processes, held against the model."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from identity.cognito.budget import keys, model
from identity.cognito.budget.lanes import UNKNOWN_DEBT
from identity.cognito.budget.limits import Limit, limits_of
from identity.cognito.budget.model import Answer, Bucket, Verdict
from identity.cognito.budget.shared import SharedBuckets
from identity.cognito.calls import Call, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from tests.identity.cognito.budget.simulation import LANES, most_in_a_second

LARGEST_CREDIT = LANES[Priority.SIGN_IN].credit


@pytest.fixture
def shared(redis: Redis) -> SharedBuckets:
    return SharedBuckets(redis)


def call_of(endpoint: CellEndpoint, priority: Priority, operation: str = "AdminUpdateUserAttributes") -> Call:
    category = Category.USER_POOL_CLIENT_UPDATE if "Client" in operation else Category.USER_UPDATE
    return Call(endpoint, category, operation, "eu-west-1_a", priority)


def ask(shared: SharedBuckets, call: Call, *, waited: float = 0.0) -> Answer:
    limits = limits_of(call.endpoint, call.category, call.operation, call.pool_id)
    return shared.reserve(call, limits, LANES[call.priority], waited=waited)


def saturate(shared: SharedBuckets, call: Call) -> tuple[list[Answer], Answer]:
    """Ask until nobody else would be let in; return the slots that were granted, and what the next one was told."""
    granted = []
    while (answer := ask(shared, call)).verdict is Verdict.GRANTED:
        granted.append(answer)
    return granted, answer


def forget(redis: Redis, endpoint: CellEndpoint) -> None:
    """Empty the cell's part of Redis, as a restart without its data does."""
    for key in redis.scan_iter(f"*{endpoint.place}*"):
        redis.delete(key)


def begin(redis: Redis, call: Call) -> None:
    """Put the call's category into the state of a quiet day: known, and with nothing to work off."""
    redis.hset(f"{keys.BUCKET}{{{call.endpoint.place}}}:{call.category}", "clear_at", 0)


def test_a_sign_in_goes_at_once_whatever_bulk_does(redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint) -> None:
    bulk = call_of(endpoint, Priority.BULK)
    begin(redis, bulk)
    granted, _ = saturate(shared, bulk)
    assert len(granted) >= 25 * 0.25
    # Those whose turn has come may take a few slots more.
    while ask(shared, bulk, waited=1.0).verdict is Verdict.GRANTED:
        pass
    sign_in = ask(shared, call_of(endpoint, Priority.SIGN_IN))
    assert sign_in.verdict is Verdict.GRANTED
    assert sign_in.wait <= 1 / 25
    assert ask(shared, bulk).verdict is Verdict.QUEUED


def test_priorities_stand_in_order(redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint) -> None:
    bulk, answers = call_of(endpoint, Priority.BULK), []
    for priority in (Priority.SIGN_IN, Priority.KILL_SWITCH, Priority.CONFIGURATION):
        forget(redis, endpoint)
        begin(redis, bulk)
        granted, more_bulk = saturate(shared, bulk)
        # Not later: debts are worked off while a busy machine does something else.
        assert more_bulk.verdict is Verdict.QUEUED
        answers.append((granted[-1].at, ask(shared, call_of(endpoint, priority))))
    (_, sign_in), (_, kill_switch), (last, configuration) = answers
    assert sign_in.wait == 0
    assert kill_switch.wait <= 1 / 25
    assert configuration.verdict is Verdict.GRANTED
    assert configuration.at + configuration.wait > last + 1 / 25


@given(st.lists(st.sampled_from(Priority), min_size=1, max_size=150), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_script_does_as_the_model(
    redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint, wanted: list[Priority], narrow: bool
) -> None:
    forget(redis, endpoint)
    operation = "UpdateUserPoolClient" if narrow else "AdminUpdateUserAttributes"
    limits = limits_of(endpoint, call_of(endpoint, Priority.BULK, operation).category, operation, "eu-west-1_a")
    buckets: tuple[Bucket, ...] = ()
    slots = []
    for priority in wanted:
        answer = ask(shared, call_of(endpoint, priority, operation))
        buckets = buckets or tuple(new_bucket(limit, answer.at) for limit in limits)
        expected, buckets = model.reserve(buckets, int(priority), LANES[priority], answer.at, waited=0.0)
        assert answer.verdict is expected.verdict
        assert answer.wait == pytest.approx(expected.wait, abs=1e-4)
        assert answer.rates == pytest.approx(expected.rates)
        if answer.verdict is Verdict.GRANTED:
            slots.append(answer.at + answer.wait)
    assert most_in_a_second(sorted(slots)) <= limits[-1].rate * (1 + LARGEST_CREDIT) + 1


def new_bucket(limit: Limit, now: float) -> Bucket:
    debt = 0.0 if limit.is_narrow else UNKNOWN_DEBT
    return Bucket(limit.rate, now + debt, (0.0,) * len(Priority))


def test_threads_share_one_rate(redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint) -> None:
    call = call_of(endpoint, Priority.SIGN_IN)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: ask(shared, call), range(200)))
    slots = sorted(answer.at + answer.wait for answer in answers if answer.verdict is Verdict.GRANTED)
    assert most_in_a_second(slots) <= 25 * (1 + LARGEST_CREDIT) + 1


def test_an_emptied_redis_gives_nobody_a_second_burst(
    redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint
) -> None:
    bulk = call_of(endpoint, Priority.BULK)
    begin(redis, bulk)
    before, _ = saturate(shared, bulk)
    forget(redis, endpoint)
    after, again = saturate(shared, bulk)
    assert after == []
    # The slow start is over as soon as what was promised before has gone out.
    assert again.verdict is Verdict.QUEUED
    assert again.at + again.wait <= before[0].at + UNKNOWN_DEBT + 1
    assert ask(shared, call_of(endpoint, Priority.SIGN_IN)).wait == 0


def test_a_throttled_call_cuts_the_rate_once_and_says_why(
    redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint
) -> None:
    call = call_of(endpoint, Priority.BULK)
    full = ask(shared, call).rates[0]
    limits = limits_of(endpoint, call.category, call.operation, call.pool_id)
    assert shared.shrink(call, limits)
    # The others that were on their way say nothing new.
    assert not shared.shrink(call, limits)
    assert ask(shared, call).rates[0] == pytest.approx(0.8 * full, rel=0.02)
    kept = cast(dict[str, str], redis.hgetall(f"{keys.BUCKET}{limits[0].key}"))
    assert kept["reason"] == "AdminUpdateUserAttributes"


def test_the_rate_grows_back_while_it_is_used(redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint) -> None:
    call = call_of(endpoint, Priority.BULK)
    name = f"{keys.BUCKET}{limits_of(endpoint, call.category, call.operation, call.pool_id)[0].key}"
    ask(shared, call)
    redis.hset(name, mapping={"factor": "0.5", "used_at": 0})
    after_a_pause = ask(shared, call).rates[0]
    assert after_a_pause == pytest.approx(25 * 0.985 * 0.51, rel=0.001)
    rates = []
    for _ in range(60):
        redis.hset(name, "used_at", str(int((time.time() - 1) * 1_000_000)))
        rates.append(ask(shared, call).rates[0])
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(25 * 0.985)


def test_who_hammers_at_one_account_slows_nobody_else_down(
    redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint
) -> None:
    call = Call(endpoint, Category.USER_AUTHENTICATION, "InitiateAuth", "eu-west-1_a", Priority.SIGN_IN)
    begin(redis, call)
    limits = limits_of(endpoint, call.category, call.operation, call.pool_id)
    assert not shared.shrink(call, limits)
    saturate(shared, call)
    assert shared.shrink(call, limits)


def test_a_pool_that_is_throttled_slows_itself_down_alone(
    redis: Redis, shared: SharedBuckets, endpoint: CellEndpoint
) -> None:
    call = call_of(endpoint, Priority.CONFIGURATION, "UpdateUserPoolClient")
    begin(redis, call)
    saturate(shared, call)
    assert shared.shrink(call, limits_of(endpoint, call.category, call.operation, call.pool_id))
    category, pool = ask(shared, call).rates
    assert (category, pool) == pytest.approx((15 * 0.985, 5 * 0.985 * 0.8), rel=0.02)


def test_what_is_kept_expires_and_names_no_secret(redis: Redis, shared: SharedBuckets) -> None:
    secret = CellEndpoint("c", "eu-west-1", role_arn="arn:aws:iam::999999999999:role/r", external_id="hush-7f3a")
    ask(shared, call_of(secret, Priority.BULK, "UpdateUserPoolClient"))
    ask(shared, call_of(secret, Priority.SIGN_IN, "UpdateUserPoolClient"))
    found = list(redis.scan_iter("*999999999999*"))
    assert len(found) == 3
    for name in found:
        assert 0 < redis.ttl(name) <= keys.CATEGORY_KEPT_SECONDS
        assert "hush" not in name + str(redis.hgetall(name))
    forget(redis, secret)
