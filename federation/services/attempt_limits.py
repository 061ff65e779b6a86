"""How often somebody may try, or have something sent: by account, by client and by tenant, with growing waits between.

Cognito locks an account for a growing while after five wrong passwords, and for everybody: whoever guesses keeps its
owner out. Nor does it count those who try one password with many accounts. So what is tried is counted here first, by
what was typed, whether or not anybody has the address, so that nothing is learned from a limit. A browser in which the
person signed in before is counted by itself (OWASP, "Device cookies"): what others do never keeps it out.

The waits are told, not slept through: a page says how long, and a worker is free at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from federation.services.counters import count_down, count_up, seconds_left
from federation.services.waits import begin_wait, count_in_a_row, end_row, end_wait, take_one_back
from tenants.errors import DomainError
from tenants.http import network_of
from tenants.models import Tenant

_MINUTE, _HOUR = 60, 60 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How many there may be within a window.

    Args:
        most: how many.
        seconds: the window.
    """

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Guard:
    """What is limited, and how.

    Args:
        kind: what it is; another kind counts by itself.
        client: for one client, with whomever it is tried. An office behind one address makes mistakes, too.
        tenant: for the whole tenant: far above what a large one needs on a Monday morning. Where none is known, for all
            of whom the same is said, such as one application.
        account: for one account, of what costs something each time; None where `ROW` counts failures in a row.
        near: for one account and one client; where that is far below the account's, who asks for somebody else's
            account from one place does not use up what its owner may ask for from another.
        device: for one browser in which the person signed in before; None where the account's limit or `ROW` counts it.
    """

    kind: str
    client: Limit
    tenant: Limit
    account: Limit | None = None
    near: Limit | None = None
    device: Limit | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Failures in a row with one account: after `free` of them each further one brings a wait twice as long.

    Cognito's own lock begins after five, and is as long (developer guide, "Lockout behavior for failed sign-in
    attempts"); it is over after 15 minutes without a try. After `most` the wait is longer than that, so that Cognito
    never locks an account for more than half a minute: its owner's own browser gets in.
    """

    free: int = 4
    most: int = 10
    quiet_seconds: int = 16 * _MINUTE

    def wait_after(self, failures: int) -> int:
        """Return the seconds to wait after so many failures in a row."""
        if failures <= self.free:
            return 0
        return int(self.quiet_seconds if failures >= self.most else 2 ** (failures - self.free))


ROW = Row()

# What fails or succeeds (`tried`).
PASSWORD = Guard("password", Limit(100, 10 * _MINUTE), Limit(3_000, 10 * _MINUTE))
CODE = Guard("code", Limit(100, 10 * _MINUTE), Limit(3_000, 10 * _MINUTE))
RECOVERY_CODE = Guard("recovery_code", Limit(30, 10 * _MINUTE), Limit(500, 10 * _MINUTE))
# Nobody has typed an account there (RFC 8628 section 5.1): the client's limit and its row are what counts.
# That over all ends it for everybody, so that one caller must be far from it: it takes a thousand networks. There are
# 20^8 = 25.6 * 10^9 codes: with 100 devices waiting at any time, 20,000 guesses in ten minutes find one with a chance
# of 20,000 * 100 / 20^8 = 1 in 12,800, which is once in 89 days of guessing without a pause.
DEVICE_CODE = Guard("device_code", Limit(20, 10 * _MINUTE), Limit(20_000, 10 * _MINUTE))
# What costs something each time (`spend`).
# A code by mail may be the only way in that somebody has.
MAIL = Guard("mail", Limit(30, _HOUR), Limit(10_000, _HOUR), Limit(20, _HOUR), near=Limit(5, _HOUR))
SMS = Guard("sms", Limit(15, _HOUR), Limit(2_000, _HOUR), Limit(5, _HOUR))
RESET = Guard("reset", Limit(20, _HOUR), Limit(2_000, _HOUR), Limit(5, _HOUR))
SIGN_UP = Guard("sign_up", Limit(20, _HOUR), Limit(1_000, _HOUR), Limit(5, _HOUR))
# By application: one of which somebody begins too many must not close the others.
DEVICE_REQUEST = Guard("device_request", Limit(120, 10 * _MINUTE), Limit(6_000, 10 * _MINUTE))
# None for an account: what it costs is a call of Cognito, and nobody is to keep somebody else from their passkey.
PASSKEY_REQUEST = Guard(
    "passkey_request", Limit(120, 10 * _MINUTE), Limit(6_000, 10 * _MINUTE), device=Limit(60, 10 * _MINUTE)
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who tries.

    Args:
        ip: from where; None where that is not known.
        device: names the browser, where whoever is tried signed in with it before; empty for any other.
    """

    ip: str | None
    device: str = ""


class LimitReached(DomainError):
    """There were too many.

    Args:
        by: which limit, as `kind.account`; for the log.
        seconds: until the next one counts.
        first: whether this one is the first that is refused for it; the others need no line in a log.
    """

    code = "too_many_attempts"
    status = 429

    def __init__(self, by: str, seconds: int, *, first: bool) -> None:
        super().__init__(f"{_('Too many attempts.')} {_in_words(seconds)}")
        self.by = by
        self.retry_after = seconds
        self.first = first


@contextmanager
def tried(
    guard: Guard, tenant: Tenant | None, who: str, caller: Caller, *, not_theirs: type[Exception]
) -> Iterator[None]:
    """Count a try, before it is made: of several at once each counts. It is not counted where it does not fail.

    One that is refused counts for nothing: who is kept out for what others did, or comes too early, has not failed.

    Args:
        guard: what is tried.
        tenant: where; None where that is not known yet.
        who: whose, as it was typed, in lower case; or the key of a user or application that is known already; empty for
            the client's.
        caller: who tries.
        not_theirs: what it fails with through no fault of whoever tries.

    Raises:
        LimitReached: there were too many that failed, or the wait is not over.
    """
    subjects = _subjects(guard, tenant, who, caller)
    _count_all(subjects)
    row, account = f"{guard.kind}.account", _account(tenant, who, caller)
    try:
        _wait_in_row(row, account)
    except LimitReached:
        _give_back(subjects)
        raise
    try:
        yield
    except not_theirs:
        _give_back(subjects)
        take_one_back(row, account)
        end_wait(row, account)
        raise
    _give_back(subjects)
    end_row(row, account)


def spend(guard: Guard, tenant: Tenant | None, who: str, caller: Caller) -> None:
    """Count something that costs each time, such as a mail, before it is done.

    Args: as `tried`.

    Raises:
        LimitReached: there were too many.
    """
    _count_all(_subjects(guard, tenant, who, caller))


def _wait_in_row(kind: str, account: str) -> None:
    failures = count_in_a_row(kind, account, quiet_seconds=ROW.quiet_seconds)
    wait = ROW.wait_after(failures) if account else 0
    left = begin_wait(kind, account, seconds=wait) if wait else 0
    if left:
        take_one_back(kind, account)
        raise LimitReached(kind, left, first=begin_wait(f"{kind}.told", account, seconds=left) == 0)


def _count_all(subjects: list[tuple[str, Limit, str]]) -> None:
    for place, (kind, limit, subject) in enumerate(subjects):
        count = count_up(kind, subject, window_seconds=limit.seconds)
        if count > limit.most:
            _give_back(subjects[:place])
            raise LimitReached(kind, seconds_left(limit.seconds), first=count == limit.most + 1)


def _give_back(subjects: list[tuple[str, Limit, str]]) -> None:
    for kind, limit, subject in subjects:
        count_down(kind, subject, window_seconds=limit.seconds)


def _subjects(guard: Guard, tenant: Tenant | None, who: str, caller: Caller) -> list[tuple[str, Limit, str]]:
    account = _account(tenant, who, caller)
    own = [(f"{guard.kind}.account", guard.account, account)] if guard.account else []
    if guard.near and caller.ip:
        own.insert(0, (f"{guard.kind}.near", guard.near, f"{account} {network_of(caller.ip)}"))
    if caller.device:
        return [*own, *([(f"{guard.kind}.device", guard.device, account)] if guard.device else [])]
    subjects = [*own, (f"{guard.kind}.tenant", guard.tenant, str(tenant.pk) if tenant else who)]
    # All of whom nothing is known are not one client, whom anybody could have kept out.
    client = [(f"{guard.kind}.client", guard.client, network_of(caller.ip))] if caller.ip else []
    return [*client, *subjects]


def _account(tenant: Tenant | None, who: str, caller: Caller) -> str:
    # What nobody has typed an account for is one client's; of whom nothing at all is known waits for nobody.
    whose = who or (network_of(caller.ip) if caller.ip else "")
    return f"{tenant.pk if tenant else ''}:{whose}:{caller.device}" if whose else ""


def _in_words(seconds: int) -> str:
    if seconds < _MINUTE:
        return ngettext(
            "Wait %(count)d second, then try again.", "Wait %(count)d seconds, then try again.", seconds
        ) % {"count": seconds}
    minutes = -(-seconds // _MINUTE)
    return ngettext("Wait %(count)d minute, then try again.", "Wait %(count)d minutes, then try again.", minutes) % {
        "count": minutes
    }
