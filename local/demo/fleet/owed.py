"""What the reconciler would have written: outbox rows and the records of resources, most of them in sync."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from identity.models import ResourceState, SyncedResource
from identity.sync.adoptable import why_not_adopted
from identity.sync.family import Step
from identity.sync.plans import pool_steps, tenant_steps
from local.demo.fleet.load import copy_rows
from local.demo.fleet.places import Place
from local.demo.fleet.shape import EPOCH, FleetShape
from tenants.models import OutboxEntry, SyncKind
from tenants.models.outbox import WAITING


class Standing(Enum):
    """How one key stands."""

    IN_SYNC = "in sync"
    PENDING = "pending"
    WAITING = "waiting"
    FAILING = "failing"
    BLOCKED = "blocked"
    DRIFTED = "drifted"


@dataclass(frozen=True)
class _Words:
    state: ResourceState
    code: str = ""
    error: str = ""
    remedy: str = ""


_WORDS = {
    Standing.IN_SYNC: _Words(ResourceState.IN_SYNC),
    Standing.PENDING: _Words(ResourceState.PENDING),
    Standing.WAITING: _Words(ResourceState.PENDING, WAITING, "Waits for the user pool."),
    Standing.FAILING: _Words(
        ResourceState.FAILING, "TooManyRequestsException", "AWS asks for fewer requests; it is tried again by itself."
    ),
    Standing.BLOCKED: _Words(
        ResourceState.BLOCKED,
        "AccessDeniedException",
        "Lifeguard's role may not change this resource.",
        "Let the cell's role do what docs/aws/iam-policy.json names.",
    ),
    Standing.DRIFTED: _Words(ResourceState.DRIFTED, error="Somebody changed this in Cognito."),
}
# How many in a hundred thousand keys stand otherwise than in sync.
_TROUBLED = {
    Standing.PENDING: 60, Standing.WAITING: 20, Standing.FAILING: 40, Standing.BLOCKED: 30, Standing.DRIFTED: 40,
}  # fmt: skip
_OF = 100_000
# Of so many resources of pools, and of tenants, there is one of which a person kept what somebody set in Cognito.
_ONE_KEPT_IN, _FIRST_KEPT = 500, 10


@cache
def _bounds() -> tuple[tuple[float, Standing], ...]:
    bounds, reached = [], 0.0
    for standing, number in _TROUBLED.items():
        reached += number / _OF
        bounds.append((reached, standing))
    return tuple(bounds)


def draw(dice: random.Random, trouble: float = 1.0) -> Standing:
    """Return how the next key stands.

    Args:
        dice: decides.
        trouble: how many times as often as usual it is not in sync.
    """
    rolled = dice.random() / trouble
    if rolled >= _bounds()[-1][0]:
        return Standing.IN_SYNC
    return next(standing for bound, standing in _bounds() if rolled < bound)


def outbox_row(kind: SyncKind, key: uuid.UUID, standing: Standing, touched: datetime) -> OutboxEntry:
    """Return the outbox row of a key."""
    words = _WORDS[standing]
    owed = standing not in (Standing.IN_SYNC, Standing.DRIFTED)
    return OutboxEntry(
        kind=kind,
        key=key,
        wanted_gen=2,
        done_gen=1 if owed else 2,
        attempts=3 if words.code else 0,
        next_attempt_at=EPOCH if owed else touched,
        owed_since=touched,
        settled_at=None if owed else touched,
        last_error=words.error if owed else "",
        last_error_code=words.code,
        remedy=words.remedy,
        updated_at=touched,
    )


def another(value: Any) -> Any:
    """Return what somebody might have set instead of a value; never the same."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value} by hand"
        case _:
            return None if value else ["by hand"]


def record(
    kind: SyncKind, key: uuid.UUID, step: Step, standing: Standing, remote_id: str, touched: datetime
) -> SyncedResource:
    """Return the record of a resource; where it drifted, one setting was changed."""
    words = _WORDS[standing]
    wanted = dict(step.family.wanted(step.spec))
    return SyncedResource(
        scope=kind,
        key=key,
        family=step.family.family,
        name=step.name,
        state=words.state,
        remote_id=remote_id,
        last_applied=wanted,
        drift=[_drift(step, wanted)] if standing is Standing.DRIFTED else [],
        observed_at=touched,
        detail=words.error,
        remedy=words.remedy,
        updated_at=touched,
    )


def write_owed(shape: FleetShape, places: list[Place]) -> None:
    """Write what concerns pools and tenants: more often in trouble than users are, and each way to stand is there."""
    dice = shape.dice("owed")
    pools = {place.tenant.pool_id: place for place in places}
    keys = [(SyncKind.POOL, key) for key in pools] + [(SyncKind.TENANT, place.tenant.pk) for place in places]
    stand = {key: draw(dice, trouble=5) for _, key in keys}
    # Not shared pools: many a tenant would stand as its pool does.
    for own in (
        [key for key, place in pools.items() if not place.tenant.pool.is_shared],
        [p.tenant.pk for p in places],
    ):
        stand |= dict(zip(own, Standing, strict=False))
    touched = {key: EPOCH - timedelta(seconds=dice.randrange(30 * 24 * 3600)) for _, key in keys}
    copy_rows(OutboxEntry, (outbox_row(kind, key, stand[key], touched[key]) for kind, key in keys))
    copy_rows(SyncedResource, _records(places, stand, touched))


def _records(
    places: list[Place], stand: dict[uuid.UUID, Standing], touched: dict[uuid.UUID, datetime]
) -> Iterator[SyncedResource]:
    numbers = Counter[SyncKind]()
    for kind, key, steps in steps_of(places):
        for step in steps:
            row = record(kind, key, step, stand[key], f"{key.hex[:26]}", touched[key])
            numbers[kind] += 1
            if numbers[kind] % _ONE_KEPT_IN == _FIRST_KEPT and not row.drift:
                row.adopted = _adopted(step, row.last_applied)
            yield row


def _drift(step: Step, wanted: Mapping[str, Any]) -> dict[str, Any]:
    path = _changeable(step, wanted) or next(iter(wanted))
    ours = wanted[path]
    return {"field": path, "wanted": ours, "last_applied": ours, "live": another(ours)}


def _adopted(step: Step, wanted: Mapping[str, Any]) -> dict[str, Any]:
    path = _changeable(step, wanted)
    return {path: {"value": another(wanted[path]), "instead_of": wanted[path]}} if path else {}


def _changeable(step: Step, wanted: Mapping[str, Any]) -> str:
    """The first setting of a resource that may stand as somebody else set it; empty where there is none."""
    family = step.family.family
    found = (path for path, ours in wanted.items() if not why_not_adopted(family, path, another(ours), shared=False))
    return next(found, "")


def steps_of(places: list[Place]) -> Iterator[tuple[SyncKind, uuid.UUID, list[Step]]]:
    """Yield each pool and then each tenant with its resources."""
    for place in {place.tenant.pool_id: place for place in places}.values():
        tenant, policy = place.tenant, place.policy
        shared = tenant.pool.is_shared
        steps = pool_steps(tenant.pool, tenant=None if shared else tenant, policy=None if shared else policy)
        yield SyncKind.POOL, tenant.pool_id, steps
    for place in places:
        yield SyncKind.TENANT, place.tenant.pk, tenant_steps(place.tenant)
