"""Many users of one pool at once: looked up by few listings, changed by a few threads. No table is touched here.

What should be, what differs and how it is changed is `identity.sync.families.user`, the same as for one user.
"""

import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connections

from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.users import CognitoUser, UserStatus
from identity.sync.errors import Blocked, NotYet
from identity.sync.families.user import apply_changes
from identity.sync.families.user_spec import LiveUser, UserSpec, differences

PRIORITY = Priority.BULK
# Of each of a job's lanes. Two lanes make 100 calls a second at 80 ms each, which is twice what Cognito creates by
# default; more only queue for the same budget, and fight for the interpreter.
THREADS = 4
# The most users that one answer of ListUsers holds.
_PAGE = 60
_HEX = 16
_LOOK_AGAIN = timedelta(seconds=2)
# What a call takes at most: 5 seconds for its turn in the budget, 2 to connect and 5 to read.
_CALL_SECONDS = 12.0


@dataclass(frozen=True)
class Work:
    """One user: what should be, and what was found."""

    key: uuid.UUID
    spec: UserSpec
    live: LiveUser


@dataclass(frozen=True)
class Applied:
    """What came of one user: how they are now, or why not. Neither: it was not begun, because others were throttled."""

    key: uuid.UUID
    live: LiveUser | None = None
    error: Exception | None = None


class Overtaken(Exception):
    """The right to write ran out before the call was made; nothing was sent."""


class Permit:
    """The right to write, shared by threads, for as long as the one who renews it keeps doing so.

    A call is only begun while the lease lasts. The clock is this process's own and runs on while it is stopped, so that
    whoever slept through the lease begins nothing when they wake up.

    Args:
        seconds: how long a renewal lasts. The lease is taken after this is made. Nothing is begun that may take longer
            than what is left of it, as far as the lease is long enough for that at all.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = max(seconds - _CALL_SECONDS, seconds / 2)
        self._stopped = threading.Event()
        self.renewed(time.monotonic())

    def renewed(self, asked_at: float) -> None:
        """Say that the lease was renewed; `asked_at` is the time.monotonic() from before it was asked for."""
        self._until = asked_at + self._seconds

    def stop(self) -> None:
        """Let nobody begin anything any more."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing more is to be begun."""
        return self._stopped.is_set()

    def before_write(self) -> None:
        """Make sure of the right to write.

        Raises:
            Overtaken: it has run out.
        """
        if time.monotonic() >= self._until:
            raise Overtaken


def prefixes(ids: Iterable[uuid.UUID], partition_size: int) -> list[str]:
    """Return the shortest beginnings of ids with which a page of a listing is about full. Pure.

    Args:
        ids: who is looked for.
        partition_size: how many users the tenant has in all; their ids are spread evenly.
    """
    digits = 0
    while partition_size > _PAGE:
        partition_size //= _HEX
        digits += 1
    return sorted({str(each)[:digits] for each in ids})


def look_up(pool: PoolRef, key: str, ids: Collection[uuid.UUID], partition_size: int) -> Mapping[str, CognitoUser]:
    """Return those of a tenant's users that listings show, by username; bills nobody.

    Args:
        pool: where.
        key: the tenant's, with which the usernames begin.
        ids: who is looked for.
        partition_size: how many users the tenant has in all.

    Raises:
        CognitoError: a listing did not come to its end, which is never read as absence.
    """
    found: dict[str, CognitoUser] = {}
    for prefix in prefixes(ids, partition_size):
        for user in users.list_by_prefix(pool, f"{key}.{prefix}", priority=PRIORITY):
            found[user.username.lower()] = user
    return found


def apply_all(
    pool: PoolRef, works: Sequence[Work], permit: Permit, *, every: float, renew: Callable[[], None]
) -> list[Applied]:
    """Bring users to what they should be, several at a time, and return what came of each, in no order.

    When Cognito throttles one, no other is begun.

    Args:
        pool: where.
        works: whom.
        permit: the right to write.
        every: seconds between calls of `renew`.
        renew: called in this thread while the others work; what it raises ends everything.
    """
    with ThreadPoolExecutor(THREADS, thread_name_prefix="bulk") as threads:
        try:
            pending = {threads.submit(_apply, pool, work, permit) for work in works}
            return _gather(pending, every, renew)
        except BaseException:
            permit.stop()
            raise


def _gather(pending: set[Future[Applied]], every: float, renew: Callable[[], None]) -> list[Applied]:
    results: list[Applied] = []
    while pending:
        # Until all have ended or it is time to renew: to be woken by each of them would cost more than they do.
        finished, pending = wait(pending, timeout=every)
        results += [future.result() for future in finished]
        if pending:
            renew()
    return results


def _apply(pool: PoolRef, work: Work, permit: Permit) -> Applied:
    if permit.is_stopped:
        return Applied(work.key)
    try:
        return Applied(work.key, _bring(pool, work, permit))
    except errors.Throttled as error:
        permit.stop()
        return Applied(work.key, error=error)
    except (errors.CognitoError, Blocked, NotYet, Overtaken) as error:
        return Applied(work.key, error=error)
    finally:
        # A hook may have written that the endpoint lacks an operation; this thread's connection must not stay behind.
        connections.close_all()


def _bring(pool: PoolRef, work: Work, permit: Permit) -> LiveUser:
    live = work.live
    try:
        return _change(pool, work.spec, live, permit)
    except errors.UserNotFound:
        # A write says for certain who is not there, which a listing never does.
        return _change(pool, work.spec, replace(live, cognito=None), permit)


def _change(pool: PoolRef, spec: UserSpec, live: LiveUser, permit: Permit) -> LiveUser:
    return apply_changes(
        pool,
        spec,
        live,
        differences(spec, live),
        priority=PRIORITY,
        look=lambda: _look_again(pool, spec),
        before_write=permit.before_write,
    )


def _look_again(pool: PoolRef, spec: UserSpec) -> CognitoUser:
    found = users.find_user(pool, spec.username, priority=PRIORITY)
    if found is None:
        # Not shown yet, or another user with this address where addresses are unique: one user's reconcile asks.
        raise NotYet("Cognito says that the user is there, and does not show them yet.", delay=_LOOK_AGAIN)
    return found


def unlisted(spec: UserSpec, live: LiveUser) -> LiveUser:
    """Return somebody whom we know in Cognito and whom a listing did not show: as if everything were to be written.

    Listings are eventually consistent (ListUsers in botocore's service model), so that this is no proof of absence; the
    first write tells. Pure.
    """
    unknown = CognitoUser(spec.username, "", UserStatus.UNKNOWN, not spec.enabled, {}, None)
    return replace(live, cognito=unknown)
