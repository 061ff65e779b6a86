"""Whether work is carried out: workers, beat, and how long what is owed waits."""

from collections.abc import Iterator

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import RedisError

from config import broker
from config.doctor.finding import Finding, failed, ok, warning
from identity.models import ResourceState
from identity.sync import backlog

_SWEEP = "identity.sync.sweep"
_SEEN_WITHIN_SECONDS = 60.0
_PING_SECONDS = 1.0
_LATE_SECONDS = 15 * 60.0


def check_workers() -> Iterator[Finding]:
    """Ask workers for a sign of life, and look at when they and beat last did something."""
    alive = _ping()
    busy = sorted(worker for worker, age in backlog.workers().items() if age < _SEEN_WITHIN_SECONDS)
    swept = backlog.periodic_tasks().get(_SWEEP)
    limit = max(_SEEN_WITHIN_SECONDS, 6.0 * settings.SYNC_SWEEP_SECONDS)
    yield _workers(alive, busy, beats=_within(swept, limit))
    yield _beat(swept, limit, workers=bool(alive or busy))
    yield from _backlog()


def _workers(alive: list[str], busy: list[str], *, beats: bool) -> Finding:
    if busy:
        return ok("workers", f"{_counted(len(busy))} carried out tasks in the last minute: {', '.join(busy)}.")
    if alive and not beats:
        return warning("workers", f"{_counted(len(alive))} answers, but nothing asks them for work.", "See beat.")
    if alive:
        return failed(
            "workers",
            f"{_counted(len(alive))} answers, but carried out no heartbeat in the last minute.",
            "All its processes are busy or stuck: read its log, give it more processes, or restart it.",
        )
    return failed(
        "workers",
        "No worker is there: changes are kept, but none reaches Cognito, and no invitation is mailed.",
        "Start a worker (in the container: the part `worker`). If one runs, compare its Redis and database with these.",
    )


def _beat(swept: float | None, limit: float, *, workers: bool) -> Finding:
    if swept is not None and _within(swept, limit):
        return ok("beat", f"The last sweep was {swept:.0f} s ago.")
    last = "there has been none yet" if swept is None else f"the last one was {swept:.0f} s ago"
    if not workers and _sends(limit):
        return ok("beat", f"It sends its messages; no sweep is carried out without a worker ({last}).")
    return failed(
        "beat",
        f"No sweep is carried out: {last}. What failed is not tried again, and nothing periodic happens.",
        "Start beat, exactly one (in the container: the part `beat`), or read its log."
        if workers
        else "Start beat and a worker.",
    )


def _sends(limit: float) -> bool:
    """Whether beat asked for a sweep lately. Other messages are the web servers', too."""
    try:
        return _within(broker.newest_seconds(_SWEEP), limit)
    except RedisError:
        return False


def _within(seconds: float | None, limit: float) -> bool:
    return seconds is not None and seconds < limit


def _ping() -> list[str]:
    """The names of the workers whose main process answers."""
    try:
        answers = current_app.control.ping(timeout=_PING_SECONDS) or []
    except (OperationalError, RedisError, OSError):
        return []
    return sorted(name for answer in answers for name in answer)


def _backlog() -> Iterator[Finding]:
    rows = backlog.owed()
    blocked = sum(each.rows for each in rows if each.state == ResourceState.BLOCKED)
    waiting = [each for each in rows if each.state != ResourceState.BLOCKED]
    oldest = max((each.oldest_seconds or 0.0 for each in waiting), default=0.0)
    number = sum(each.rows for each in waiting)
    if oldest > _LATE_SECONDS:
        yield warning(
            "convergence",
            f"{number} changes wait, the oldest for {oldest / 60:.0f} minutes.",
            "The fleet's page Sync activity says why each waits; look at workers, beat and quotas here.",
        )
    else:
        yield ok("convergence", f"{number} changes wait, none for long." if number else "Nothing waits.")
    if blocked:
        yield warning(
            "blocked",
            f"{blocked} changes wait for a person.",
            "The fleet's page Sync activity says what to do for each.",
        )


def _counted(number: int) -> str:
    return f"{number} worker{'' if number == 1 else 's'}"
