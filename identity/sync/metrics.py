"""What each reconcile leaves for whoever operates: a duration, one log line, and its key on every line in between."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import structlog
from prometheus_client import Histogram

from identity.models import ResourceState
from identity.sync.failures import Failure
from tenants.services import outbox

logger = logging.getLogger(__name__)

RECONCILE_SECONDS = Histogram(
    "lifeguard_reconcile_seconds",
    "Duration of reconciles that held a lease, by what is reconciled and how it ended.",
    ("kind", "outcome"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
# What those inside a reconcile may bind besides: the plan once it is made, the tenant once it is read.
_BOUND_INSIDE = ("plan", "tenant")


class Outcome(StrEnum):
    """How one reconcile ended."""

    DONE = "done"
    WAITING = "waiting"
    RETRY = "retry"
    BLOCKED = "blocked"
    LEASE_LOST = "lease_lost"
    CRASHED = "crashed"


_OUTCOMES = {ResourceState.PENDING: Outcome.WAITING, ResourceState.BLOCKED: Outcome.BLOCKED}


@dataclass
class Observation:
    """How the reconcile under observation ended; done, unless it is told otherwise."""

    outcome: Outcome = Outcome.DONE

    def ended_with(self, failure: Failure | None) -> None:
        """Take the outcome from a failure; None means that there was none."""
        self.outcome = Outcome.DONE if failure is None else _OUTCOMES.get(failure.state, Outcome.RETRY)

    def lost_lease(self) -> None:
        """Another worker took the key over."""
        self.outcome = Outcome.LEASE_LOST


@contextmanager
def observed(lease: outbox.Lease) -> Iterator[Observation]:
    """Time the reconcile of a leased key and log how it ended; lines written inside carry the key.

    Whoever makes the plan or reads the tenant inside calls `bind(plan=...)`, `bind(tenant=...)`.
    """
    observation = Observation()
    began = time.monotonic()
    about = {"sync_kind": str(lease.kind), "sync_key": str(lease.key)}
    if lease.request_id:
        # The message that woke us may be the sweep's, or an older request's.
        about["request_id"] = lease.request_id
    with structlog.contextvars.bound_contextvars(**about):
        try:
            yield observation
        except BaseException:
            observation.outcome = Outcome.CRASHED
            raise
        finally:
            seconds = time.monotonic() - began
            RECONCILE_SECONDS.labels(lease.kind, observation.outcome).observe(seconds)
            _log(lease, observation.outcome, seconds)
            structlog.contextvars.unbind_contextvars(*_BOUND_INSIDE)


def bind(*, plan: object = None, tenant: str | None = None) -> None:
    """Put the plan's id, or the tenant's key, on all further lines of this reconcile."""
    known = {"plan": None if plan is None else str(plan), "tenant": tenant}
    structlog.contextvars.bind_contextvars(**{name: value for name, value in known.items() if value is not None})


def _log(lease: outbox.Lease, outcome: Outcome, seconds: float) -> None:
    facts = {"outcome": str(outcome), "seconds": round(seconds, 3), "attempt": lease.attempts}
    logger.info("Reconciled.", extra=facts)
