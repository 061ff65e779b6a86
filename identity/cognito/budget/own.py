"""Buckets of one process alone, for the time when Redis is away."""

import threading
import time

from identity.cognito.budget import model
from identity.cognito.budget.lanes import UNKNOWN_DEBT, Lane
from identity.cognito.budget.limits import Limit
from identity.cognito.budget.model import Answer, Bucket
from identity.cognito.calls import Call, Priority

# As many processes as this may be without Redis at once and stay within AWS's quotas together.
_PROCESSES = 10
_MANY_BUCKETS = 1000


class OwnBuckets:
    """A tenth of each rate for this process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def reserve(self, call: Call, limits: tuple[Limit, ...], lane: Lane, *, waited: float) -> Answer:
        """Take a slot of each bucket, or of none; see `model.reserve`."""
        with self._lock:
            now = time.monotonic()
            found = [self._buckets.get(limit.key) or _new(limit, now) for limit in limits]
            answer, after = model.reserve(found, int(call.priority), lane, now, waited=waited)
            if len(self._buckets) > _MANY_BUCKETS:
                self._buckets = {key: bucket for key, bucket in self._buckets.items() if bucket.clear_at > now}
            self._buckets.update(zip((limit.key for limit in limits), after, strict=True))
        return answer


def _new(limit: Limit, now: float) -> Bucket:
    debt = 0.0 if limit.is_narrow else UNKNOWN_DEBT
    return Bucket(limit.rate / _PROCESSES, now + debt, (0.0,) * len(Priority))
