"""What a failed reconcile means for the resource, and when it is tried again. Pure but for the dice."""

from dataclasses import dataclass
from datetime import timedelta

from identity.cognito.errors import (
    AmbiguousOutcome,
    BudgetSpent,
    ConcurrentModification,
    ImportRunning,
    Terminal,
    Throttled,
    Transient,
)
from identity.models import ResourceState
from identity.sync.errors import Blocked, NotTaken, NotYet
from tenants.jitter import jittered
from tenants.models.outbox import WAITING

# Those whom the rate budget put off come back within this time, one by one.
_SPREAD = timedelta(seconds=5)
BASE = timedelta(seconds=1)
CAP = timedelta(minutes=5)
# A blocked resource is waiting for a person. It is tried at each change, and now and then in case the cure was in AWS.
BLOCKED_RETRY = timedelta(minutes=15)
# After so many attempts, some two minutes, an endpoint that does not answer is shown as blocked.
UNREACHABLE_AFTER = 8
# Cognito does answer, and says what has to pass first.
_ANSWERED = (Throttled, ConcurrentModification, ImportRunning)
_UNREACHABLE_REMEDY = (
    "Check the AWS Health Dashboard for the cell's Region, and the cell's endpoint and network. "
    "It is tried again every few minutes."
)


@dataclass(frozen=True)
class Failure:
    """A failure in words. `delay` is set where the failure itself says when; otherwise attempts decide."""

    state: ResourceState
    code: str
    message: str
    remedy: str = ""
    delay: timedelta | None = None
    # The least pause that the other side asked for.
    retry_after: timedelta = timedelta(0)


def classify(error: Exception, *, attempts: int = 0) -> Failure:
    """Say what `error` means. An exception that nobody expected tells its name alone: its text is for the log.

    Args:
        error: what was raised.
        attempts: how many attempts failed so far; an endpoint that never answers is sooner or later a person's matter.
    """
    match error:
        case Transient() if attempts >= UNREACHABLE_AFTER and not isinstance(error, _ANSWERED):
            message = f"No usable answer for {attempts} attempts. {error.operation}: {error.message}"
            return Failure(ResourceState.BLOCKED, error.code, message, _UNREACHABLE_REMEDY, delay=CAP)
        case BudgetSpent():
            # Nobody failed: others go first. When there is room is known, and those who wait are spread over a while.
            delay = timedelta(seconds=error.retry_after or 0) + jittered(_SPREAD, least=0, most=1)
            return Failure(ResourceState.PENDING, WAITING, error.message, delay=delay)
        case NotYet():
            return Failure(ResourceState.PENDING, WAITING, error.why, delay=error.delay)
        case Blocked():
            return Failure(ResourceState.BLOCKED, error.code, error.reason, error.remedy, delay=BLOCKED_RETRY)
        case Terminal():
            message = f"{error.reason} {error.operation}: {error.message}"
            return Failure(ResourceState.BLOCKED, error.code, message, error.remedy, delay=BLOCKED_RETRY)
        case Transient():
            wait = timedelta(seconds=error.retry_after or 0)
            message = f"{_reason(error)} {error.operation}: {error.message}"
            return Failure(ResourceState.FAILING, error.code, message, retry_after=wait)
        case NotTaken():
            return Failure(ResourceState.FAILING, "NotTaken", str(error))
        case _:
            name = type(error).__name__
            return Failure(ResourceState.FAILING, name, f"An unexpected error ({name}); the worker's log has it.")


def _reason(error: Transient) -> str:
    """Say in words what a failure that passes by itself means."""
    match error:
        case Throttled():
            return "AWS asks for fewer requests; it is tried again by itself."
        case AmbiguousOutcome():
            return "An answer from Cognito was lost; what became of the change is looked up first."
        case ImportRunning():
            return "Users are being imported, and Cognito changes no settings meanwhile; it is tried again by itself."
        case ConcurrentModification():
            return "Somebody else is changing this in Cognito; it is tried again by itself."
        case _:
            return "Cognito cannot be reached or cannot answer; it is tried again by itself."


def is_unexpected(error: Exception) -> bool:
    """Say whether `error` is none of the failures that reconciling knows: a fault in the program, for the log."""
    return not isinstance(error, NotYet | Blocked | Terminal | Transient | NotTaken)


def backoff_ceiling(attempts: int) -> timedelta:
    """Return the longest pause after so many attempts: doubling, up to `CAP`."""
    # Bounded before the power is taken, so that a row with very many attempts does not make a giant number.
    return min(CAP, BASE * (1 << min(attempts, 16)))


def pause(failure: Failure, attempts: int) -> timedelta:
    """Return the time to the next attempt: the failure's own, or exponential back-off with full jitter.

    Full jitter (a uniformly random part of the ceiling) spreads retries best: "Exponential Backoff And Jitter", AWS
    Architecture Blog, 2015.
    """
    if failure.delay is not None:
        return failure.delay
    return max(failure.retry_after, jittered(backoff_ceiling(attempts), least=0, most=1))
