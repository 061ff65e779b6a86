"""The plans of the last month, as the fleet keeps them: of every pool and tenant a few, and of some users one."""

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from identity.models import DirectoryUser, Family, PlanOutcome, PlanStep, StepAction, StepState, SyncPlan
from identity.sync.plans import user_steps
from local.demo.fleet.load import copy_rows
from local.demo.fleet.owed import another, steps_of
from local.demo.fleet.places import Place
from local.demo.fleet.shape import EPOCH, FleetShape, ids
from tenants.actor import ActorKind
from tenants.models import FleetSettings, SyncKind

_OPERATOR = "Noah Smith"
# Of so many pools, tenants and users at once, so that memory does not grow with the fleet.
_BATCH = 2_000
_ONE_USER_IN, _FEWEST_USERS = 32, 20
# How plans end, as often as it stands here.
_OUTCOMES = (
    *[PlanOutcome.APPLIED] * 70, *[PlanOutcome.UNCHANGED] * 14, *[PlanOutcome.SHOWN] * 6, *[PlanOutcome.DRIFTED] * 3,
    *[PlanOutcome.WAITING] * 3, *[PlanOutcome.FAILING] * 2, PlanOutcome.BLOCKED, PlanOutcome.INTERRUPTED,
)  # fmt: skip
_ACTION = {
    PlanOutcome.APPLIED: StepAction.UPDATE,
    PlanOutcome.SHOWN: StepAction.UPDATE,
    PlanOutcome.DRIFTED: StepAction.REPORT,
}
_ERRORS = {
    PlanOutcome.WAITING: ("waiting", "Waits for the user pool.", ""),
    PlanOutcome.FAILING: (
        "TooManyRequestsException", "AWS asks for fewer requests; it is tried again by itself.", "",
    ),
    PlanOutcome.BLOCKED: (
        "AccessDeniedException",
        "Lifeguard's role may not change this resource.",
        "Let the cell's role do what docs/aws/iam-policy.json names.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Resource:
    family: Family
    name: str
    wanted: Mapping[str, Any]


def write_plans(shape: FleetShape, places: list[Place]) -> int:
    """Write plans and their steps, and return how many plans there are."""
    dice = shape.dice("plans")
    keys, written = ids(dice), 0
    subjects = _subjects(shape, places, dice)
    while some := list(islice(subjects, _BATCH)):
        kept = [(_plan(next(keys), kind, key, dice), resources) for kind, key, resources, n in some for _ in range(n)]
        copy_rows(SyncPlan, (plan for plan, _ in kept))
        copy_rows(PlanStep, (step for plan, resources in kept for step in _steps(plan, resources, dice)))
        written += len(kept)
    return written


def _subjects(
    shape: FleetShape, places: list[Place], dice: random.Random
) -> Iterator[tuple[SyncKind, uuid.UUID, list[_Resource], int]]:
    """Yield what is reconciled, its resources, and how many plans of it are kept."""
    for kind, key, steps in steps_of(places):
        resources = [_Resource(step.family.family, step.name, step.family.wanted(step.spec)) for step in steps]
        yield kind, key, resources, 1 + dice.randrange(5)
    # Their ids are drawn by chance, so that the first of them are anybody.
    some = DirectoryUser.objects.select_related("tenant").order_by("pk")
    for user in some[: max(_FEWEST_USERS, shape.users // _ONE_USER_IN)].iterator():
        (step,) = user_steps(user)
        yield SyncKind.USER, user.pk, [_Resource(Family.USER, step.name, {"Name": user.name})], 1


def _plan(key: uuid.UUID, kind: SyncKind, of: uuid.UUID, dice: random.Random) -> SyncPlan:
    outcome = PlanOutcome.APPLIED if kind is SyncKind.USER else dice.choice(_OUTCOMES)
    code, error, remedy = _ERRORS.get(outcome, ("", "", ""))
    shown, scheduled = outcome == PlanOutcome.SHOWN, dice.random() < 0.2
    started = EPOCH - timedelta(seconds=dice.randrange(FleetSettings().retention_days * 24 * 3600))
    return SyncPlan(
        id=key,
        scope=kind,
        key=of,
        dry_run=shown,
        scheduled=scheduled and not shown,
        asker_kind="" if scheduled and not shown else ActorKind.OPERATOR.value,
        asker_label="" if scheduled and not shown else _OPERATOR,
        generation=0 if shown else 2,
        attempt=0 if shown else 1 + 2 * bool(error),
        outcome=outcome,
        error=error,
        error_code=code,
        remedy=remedy,
        task_id="" if shown else str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        started_at=started,
        finished_at=started + timedelta(milliseconds=dice.randrange(40, 3000)),
    )


def _steps(plan: SyncPlan, resources: list[_Resource], dice: random.Random) -> Iterator[PlanStep]:
    """What is done is done to one of the resources, and stops there where it fails."""
    chosen = dice.randrange(len(resources))
    action = _ACTION.get(PlanOutcome(plan.outcome), StepAction.NOTHING)
    for position, resource in enumerate(resources):
        changes = []
        if position == chosen and action is not StepAction.NOTHING:
            paths = dice.sample(sorted(resource.wanted), min(len(resource.wanted), 1 + dice.randrange(3)))
            changes = [_change(path, resource.wanted[path]) for path in paths]
        failed = bool(plan.error) and position == chosen
        yield PlanStep(
            plan=plan,
            position=position,
            family=resource.family,
            name=resource.name,
            action=action if changes else StepAction.NOTHING,
            changes=changes,
            state=_state(plan, position, chosen),
            error=plan.error if failed else "",
            remedy=plan.remedy if failed else "",
            started_at=plan.started_at,
            finished_at=plan.finished_at,
        )


def _state(plan: SyncPlan, position: int, chosen: int) -> StepState:
    if plan.dry_run:
        return StepState.PLANNED
    if not plan.error or position < chosen:
        return StepState.DONE
    return StepState.FAILED if position == chosen else StepState.SKIPPED


def _change(path: str, wanted: Any) -> dict[str, Any]:
    return {"field": path, "before": another(wanted), "after": wanted}
