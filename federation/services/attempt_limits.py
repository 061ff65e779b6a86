"""How often somebody may try to sign in: by account, by client and by tenant.

Cognito locks an account for a growing while after five wrong passwords, but counts neither those who try one password
with many accounts nor accounts that do not exist. What is counted here is what was typed, whether or not anybody has
the address, so that nothing is learned from a limit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from federation.services.counters import count_down, count_up, seconds_left
from tenants.errors import DomainError
from tenants.http import network_of
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures there may be within a window.

    Args:
        kind: what they are counted by.
        most: how many.
        seconds: the window.
    """

    kind: str
    most: int
    seconds: int


# Beyond what people need who look for the right one of their passwords.
ACCOUNT_AND_CLIENT = Limit("password.account_and_client", 20, 60 * 60)
# From anywhere: so many that nobody keeps somebody else out with a few tries, and guessing still is hopeless.
ACCOUNT = Limit("password.account", 100, 60 * 60)
# An office behind one address makes mistakes, too; those who get in are not counted.
CLIENT = Limit("password.client", 100, 10 * 60)
# Stops what comes from many clients at once, far above what a large tenant mistypes on a Monday morning.
TENANT = Limit("password.tenant", 3_000, 10 * 60)


class LimitReached(DomainError):
    """There were too many failures.

    Args:
        limit: which limit.
        seconds: until the next try counts anew.
        first: whether this try is the first one that is refused in the window.
    """

    code = "too_many_attempts"
    status = 429

    def __init__(self, limit: Limit, seconds: int, *, first: bool) -> None:
        minutes = max(1, -(-seconds // 60))
        wait = ngettext(
            "Wait %(minutes)d minute, then try again.", "Wait %(minutes)d minutes, then try again.", minutes
        ) % {"minutes": minutes}
        super().__init__(f"{_('Too many failed attempts.')} {wait}")
        self.limit = limit
        self.retry_after = seconds
        self.first = first


@contextmanager
def counted(tenant: Tenant, email: str, client_ip: str | None, *, not_theirs: type[Exception]) -> Iterator[None]:
    """Count a try, before it is made: of several at once each counts. It is not counted where it does not fail.

    One that is refused counts for what it is refused for alone: who is kept out for what others did has not failed.

    Args:
        tenant: where.
        email: as it was typed, in lower case.
        client_ip: from where; None where that is not known.
        not_theirs: what it fails with through no fault of whoever tries.

    Raises:
        LimitReached: there were too many that failed.
    """
    subjects = _subjects(tenant, email, client_ip)
    for place, (limit, subject) in enumerate(subjects):
        count = count_up(limit.kind, subject, window_seconds=limit.seconds)
        if count > limit.most:
            _give_back(subjects[:place])
            raise LimitReached(limit, seconds_left(limit.seconds), first=count == limit.most + 1)
    try:
        yield
    except not_theirs:
        _give_back(subjects)
        raise
    _give_back(subjects)


def _give_back(subjects: list[tuple[Limit, str]]) -> None:
    for limit, subject in subjects:
        count_down(limit.kind, subject, window_seconds=limit.seconds)


def _subjects(tenant: Tenant, email: str, client_ip: str | None) -> list[tuple[Limit, str]]:
    account = f"{tenant.pk}:{email}"
    everywhere = [(ACCOUNT, account), (TENANT, str(tenant.pk))]
    if not client_ip:
        # All of whom nothing is known are not one client, whom anybody could have kept out.
        return everywhere
    client = network_of(client_ip)
    return [(CLIENT, client), (ACCOUNT_AND_CLIENT, f"{account}:{client}"), *everywhere]
