"""The log of sign-ins: working days with their mornings, people who get in, and some who do not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from uuid import UUID

from django.utils import timezone

from federation.auth_reasons import Reason
from federation.models import AuthEvent, AuthOutcome, AuthWay
from identity.models import DirectoryUser
from local.demo.fleet.load import copy_rows
from local.demo.fleet.places import Place
from local.demo.fleet.shape import FleetShape, split
from tenants.models import TenantApplication

_DAYS, _MOST_PEOPLE = 80, 200
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604",
)


@dataclass(frozen=True)
class _Kind:
    """What happens.

    Args:
        weight: how often, beside the others.
        is_known: whether anybody has the address.
    """

    weight: int
    way: AuthWay
    outcome: AuthOutcome = AuthOutcome.SUCCEEDED
    reason: str = ""
    amr: tuple[str, ...] = ()
    is_known: bool = True


_KINDS = (
    _Kind(30, AuthWay.SESSION, amr=("pwd",)),
    _Kind(26, AuthWay.PASSWORD, amr=("pwd",)),
    _Kind(14, AuthWay.TOTP, amr=("pwd", "otp", "mfa")),
    _Kind(6, AuthWay.PASSKEY, amr=("pop",)),
    _Kind(4, AuthWay.EMAIL_CODE, amr=("email",)),
    _Kind(1, AuthWay.RESET),
    _Kind(6, AuthWay.PASSWORD, AuthOutcome.FAILED, Reason.WRONG_PASSWORD),
    _Kind(2, AuthWay.PASSWORD, AuthOutcome.FAILED, Reason.UNKNOWN_USER, is_known=False),
    _Kind(2, AuthWay.TOTP, AuthOutcome.FAILED, Reason.WRONG_CODE),
    _Kind(1, AuthWay.PASSWORD, AuthOutcome.FAILED, Reason.NOT_THEIRS),
    _Kind(1, AuthWay.PASSWORD, AuthOutcome.LIMITED, Reason.TOO_MANY),
)
_WEIGHTS = [kind.weight for kind in _KINDS]


def write_sign_ins(shape: FleetShape, places: list[Place]) -> int:
    """Write as many as there are audit events, and return how many there are.

    They are dated from now backwards, other than the rest of a fleet: nobody looks at a log whose lines are all older
    than what a page shows, and what is older than a fleet keeps would be purged.
    """
    lengths = split(shape.events, [place.users for place in places], at_least=1)
    return copy_rows(AuthEvent, _events(shape, places, lengths))


def _events(shape: FleetShape, places: list[Place], lengths: list[int]) -> Iterator[AuthEvent]:
    dice, now = shape.dice("sign-ins"), timezone.now()
    people, applications = _people(), _applications()
    for place, length in zip(places, lengths, strict=True):
        tenant = place.tenant
        if not (here := people.get(tenant.pk)):
            continue
        for _ in range(length):
            [kind] = dice.choices(_KINDS, _WEIGHTS)
            known = dice.random() < 0.9 and kind.is_known
            ip = f"192.0.2.{dice.randrange(1, 60)}" if known else f"198.51.100.{dice.randrange(1, 255)}"
            yield AuthEvent(
                tenant=tenant,
                created_at=_moment(dice, now),
                outcome=kind.outcome,
                way=kind.way,
                reason=kind.reason,
                user_id=dice.choice(here) if kind.is_known else None,
                application_id=dice.choice(applications.get(tenant.pk) or [None]),
                amr=list(kind.amr),
                ip=ip,
                network=ip,
                user_agent=dice.choice(_BROWSERS),
                known_device=known,
                request_id=f"{dice.getrandbits(128):032x}",
            )


def _people() -> dict[UUID, list[UUID]]:
    """Some of each tenant's people who ever came, by tenant."""
    came = DirectoryUser.objects.filter(last_sign_in_at__isnull=False).order_by("tenant_id", "pk")
    rows = groupby(came.values_list("tenant_id", "pk").iterator(), itemgetter(0))
    return {tenant_id: [key for _, key in islice(each, _MOST_PEOPLE)] for tenant_id, each in rows}


def _applications() -> dict[UUID, list[UUID | None]]:
    found: dict[UUID, list[UUID | None]] = {}
    for tenant_id, key in TenantApplication.objects.order_by("pk").values_list("tenant_id", "application_id"):
        found.setdefault(tenant_id, []).append(key)
    return found


def _moment(dice: random.Random, now: datetime) -> datetime:
    """At work as a rule: on a weekday, and around ten or two."""
    day = now - timedelta(days=dice.randrange(_DAYS))
    if day.weekday() > 4 and dice.random() < 0.8:
        day -= timedelta(days=2)
    minutes = dice.gauss(10 * 60, 90) if dice.random() < 0.6 else dice.gauss(14 * 60, 120)
    found = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=min(max(minutes, 0), 1439))
    return min(found, now - timedelta(seconds=dice.randrange(3600)))
