"""When a call may go: virtual scheduling (GCRA) over all the buckets that it takes from. Pure.

The Lua script that shares it between processes (`reserve.lua`) does the same with Redis's clock. Virtual scheduling is
the Generic Cell Rate Algorithm of ITU-T I.371, annex A: a bucket is one number, the time when its debt is worked off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from identity.cognito.budget.lanes import FIRM, FIRM_IN_TURN, Lane

# Differences of floating-point seconds are not exact; Redis counts whole microseconds.
_TICK = 1e-6


class Verdict(IntEnum):
    """What came of asking for a slot."""

    COME_BACK_LATER = -1
    QUEUED = 0
    GRANTED = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told.

    Attributes:
        at: when the question was answered, in seconds by the clock of the buckets.
        wait: seconds until the slot, until the caller's turn in the queue, or until it is worth asking again.
        rates: requests per second that each bucket grants now.
    """

    verdict: Verdict
    at: float
    wait: float
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is known of one limit.

    Attributes:
        rate: requests per second.
        clear_at: when all that was granted is worked off.
        queue: for each lane, the last turn that was given in its queue.
    """

    rate: float
    clear_at: float
    queue: tuple[float, ...]

    @property
    def interval(self) -> float:
        """Seconds between two slots."""
        return 1 / self.rate


def reserve(
    buckets: Sequence[Bucket], lane_number: int, lane: Lane, now: float, *, waited: float
) -> tuple[Answer, tuple[Bucket, ...]]:
    """Take a slot of each bucket, or of none.

    Arguments:
        lane_number: the lane's index in `Bucket.queue`.
        now: seconds, by one clock for all who share the buckets.
        waited: seconds that this caller has waited already; more than nothing says that its turn had come.

    Returns:
        What to tell the caller, and the buckets as they are then.
    """
    rates = tuple(bucket.rate for bucket in buckets)
    firm = FIRM_IN_TURN if waited else FIRM
    wait = max(0.0, *(bucket.clear_at - lane.credit - now for bucket in buckets))
    is_behind_others = not waited and any(bucket.queue[lane_number] > now for bucket in buckets)
    if wait <= firm + _TICK and not is_behind_others:
        granted = (replace(b, clear_at=max(b.clear_at, now) + b.interval) for b in buckets)
        return Answer(Verdict.GRANTED, now, wait, rates), tuple(granted)
    turns = [_turn(bucket, lane_number, lane, now) for bucket in buckets]
    wait = max(turns) - now
    if waited + wait > lane.patience:
        return Answer(Verdict.COME_BACK_LATER, now, wait, rates), tuple(buckets)
    queued = (_with_turn(bucket, lane_number, turn, now) for bucket, turn in zip(buckets, turns, strict=True))
    return Answer(Verdict.QUEUED, now, wait, rates), tuple(queued)


def _turn(bucket: Bucket, lane_number: int, lane: Lane, now: float) -> float:
    """Return when the next in the queue should ask again: when a slot will be near enough to be promised."""
    due = bucket.clear_at - lane.credit - FIRM
    last = bucket.queue[lane_number]
    return max(due, last + bucket.interval) if last > now else max(due, now)


def _with_turn(bucket: Bucket, lane_number: int, turn: float, now: float) -> Bucket:
    if turn <= now:
        return bucket
    return replace(bucket, queue=(*bucket.queue[:lane_number], turn, *bucket.queue[lane_number + 1 :]))
