"""Callers that ask for slots, wait as they are told, and come back when their turn is: without a clock that runs."""

import heapq
import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from identity.cognito.budget.lanes import UNKNOWN_DEBT, lanes
from identity.cognito.budget.model import Answer, Bucket, Verdict, reserve
from identity.cognito.calls import Priority

LANES = lanes(lease_seconds=60)


@dataclass(frozen=True)
class Arrival:
    """Somebody who wants a call of `priority` at `at` seconds, from the buckets named."""

    at: float
    priority: Priority
    buckets: tuple[str, ...] = ("category",)


@dataclass(frozen=True)
class Grant:
    """The slot that somebody got; `waited` is all the time since they came."""

    arrival: Arrival
    slot: float

    @property
    def waited(self) -> float:
        return self.slot - self.arrival.at


@dataclass
class Simulation:
    """Buckets with rates, and what became of everybody who asked."""

    rates: dict[str, float]
    debt: float = UNKNOWN_DEBT
    grants: list[Grant] = field(default_factory=list)
    sent_away: list[Arrival] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._buckets = {n: Bucket(rate, self.debt, (0.0,) * len(Priority)) for n, rate in self.rates.items()}

    def run(self, arrivals: Iterable[Arrival]) -> None:
        numbers = itertools.count()
        events = [(arrival.at, next(numbers), arrival) for arrival in arrivals]
        heapq.heapify(events)
        while events:
            now, _, arrival = heapq.heappop(events)
            answer = self._ask(arrival, now)
            if answer.verdict is Verdict.GRANTED:
                self.grants.append(Grant(arrival, now + answer.wait))
            elif answer.verdict is Verdict.COME_BACK_LATER:
                self.sent_away.append(arrival)
            else:
                heapq.heappush(events, (now + answer.wait, next(numbers), arrival))

    def slots(self, bucket: str) -> list[float]:
        """When the calls that take from a bucket go out, in order."""
        return sorted(grant.slot for grant in self.grants if bucket in grant.arrival.buckets)

    def waits(self, priority: Priority) -> list[float]:
        return [grant.waited for grant in self.grants if grant.arrival.priority is priority]

    def _ask(self, arrival: Arrival, now: float) -> Answer:
        asked = [self._buckets[name] for name in arrival.buckets]
        lane = LANES[arrival.priority]
        answer, after = reserve(asked, int(arrival.priority), lane, now, waited=now - arrival.at)
        self._buckets.update(zip(arrival.buckets, after, strict=True))
        return answer


def most_in_a_second(slots: Sequence[float]) -> int:
    """Return the largest number of slots in any half-open second; `slots` are in order."""
    return max((bisect_left(slots, slot + 1) - number for number, slot in enumerate(slots)), default=0)
