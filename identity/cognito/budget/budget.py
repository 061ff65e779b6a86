"""The budget that every process asks before it calls Cognito."""

import logging
import os
import threading
import time
from collections.abc import Mapping

from redis import Redis, RedisError

from identity.cognito import metrics
from identity.cognito.budget.lanes import Lane
from identity.cognito.budget.limits import Limit, limits_of
from identity.cognito.budget.model import Answer, Verdict
from identity.cognito.budget.own import OwnBuckets
from identity.cognito.budget.shared import SharedBuckets
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.errors import BudgetSpent

logger = logging.getLogger(__name__)

# While Redis is away, it is asked again this often, so that not every call waits for its time-out.
_ASK_AGAIN_SECONDS = 5.0


class RateBudget:
    """One budget for all processes, in Redis: `hooks.Budget`, and an observer that learns from throttled calls.

    Without Redis, calls are neither stopped nor unlimited: each process keeps to a tenth of every rate by itself, until
    Redis answers again. The log says when that begins and when it ends. Safe to use from several threads, and after a
    fork.

    Arguments:
        client: from `shared.connect`.
        lanes: what each priority may do.
    """

    def __init__(self, client: Redis, lanes: Mapping[Priority, Lane]) -> None:
        self._shared = SharedBuckets(client)
        self._lanes = lanes
        self._begin()
        # A forked child must not wait for a lock that a thread of its parent holds.
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._own = OwnBuckets()
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._is_away = False

    def acquire(
        self,
        endpoint: CellEndpoint,
        category: Category,
        operation: str,
        pool_id: str | None,
        priority: Priority,
        username: str | None = None,
    ) -> None:
        """Reserve a slot and sleep until it comes.

        Raises:
            BudgetSpent: that would take longer than this priority waits; `retry_after` says how long.
        """
        call = Call(endpoint, category, operation, pool_id, priority, username)
        limits = limits_of(endpoint, category, operation, pool_id, username)
        waited = 0.0
        while True:
            answer = self._reserve(call, limits, waited)
            metrics.budget_rate(call, answer.rates[0])
            if answer.verdict is Verdict.COME_BACK_LATER:
                metrics.budget_wait(call, waited, granted=False)
                raise BudgetSpent(category, operation, answer.wait)
            if answer.wait:
                time.sleep(answer.wait)
            waited += answer.wait
            if answer.verdict is Verdict.GRANTED:
                metrics.budget_wait(call, waited, granted=True)
                return

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        """See `hooks.Observer`."""
        if outcome is not Outcome.THROTTLED:
            return
        limits = limits_of(call.endpoint, call.category, call.operation, call.pool_id, call.username)
        try:
            if self._shared.shrink(call, limits):
                logger.warning(
                    "Cognito throttled %s in %s; the rate is cut for a while.", call.operation, call.endpoint.name
                )
        except RedisError as error:
            self._redis_failed(error)

    def _reserve(self, call: Call, limits: tuple[Limit, ...], waited: float) -> Answer:
        lane = self._lanes[call.priority]
        if time.monotonic() >= self._away_until:
            try:
                answer = self._shared.reserve(call, limits, lane, waited=waited)
            except RedisError as error:
                self._redis_failed(error)
            else:
                self._redis_answered()
                return answer
        return self._own.reserve(call, limits, lane, waited=waited)

    def _redis_failed(self, error: RedisError) -> None:
        self._away_until = time.monotonic() + _ASK_AGAIN_SECONDS
        with self._lock:
            was_away, self._is_away = self._is_away, True
        if not was_away:
            logger.error("Redis cannot be asked; each process calls Cognito at a tenth of the rates. %s", error)

    def _redis_answered(self) -> None:
        if not self._is_away:
            return
        with self._lock:
            was_away, self._is_away = self._is_away, False
        if was_away:
            logger.warning("Redis answers again; the rate budget is shared again.")
