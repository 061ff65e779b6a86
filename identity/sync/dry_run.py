"""Showing what a reconcile would do, without a write to Cognito or to the records."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from identity.cognito.calls import Priority
from identity.models import PlanOutcome, StepAction, SyncPlan
from identity.sync import failures
from identity.sync.drift_mode import drift_mode
from identity.sync.family import Site
from identity.sync.journal import keep_steps
from identity.sync.planning import Planned, plan_step
from identity.sync.tracking import Tracked
from identity.sync.work import work_of
from tenants.actor import Actor
from tenants.models import SyncKind
from tenants.services import outbox

TASK = "identity.sync.dry_run"

logger = logging.getLogger(__name__)


class _Hands:
    """The right to write of somebody who only looks: there is none."""

    def before_write(self) -> None:
        """Refuse.

        Raises:
            AssertionError: always; looking writes nothing.
        """
        raise AssertionError("A dry run came to a write.")


@dataclass(frozen=True)
class Shown:
    """What a reconcile of a key would do, and why the rest is not known, if it is not."""

    steps: Sequence[Planned]
    failure: failures.Failure | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return self.failure is None and all(step.action is StepAction.NOTHING for step in self.steps)


def look(kind: SyncKind, key: uuid.UUID) -> Shown:
    """Return what a reconcile of a key would do now. Only reads leave for Cognito."""
    work = work_of(kind, key)
    if work is None:
        return Shown([])
    mode = drift_mode(work.tenant)
    planned: list[Planned] = []
    for index, step in enumerate(work.steps):
        tracked = Tracked.peek(kind, key, step.family.family, step.name)
        site = Site(work.pool, work.tenant, tracked, _Hands(), Priority.CONFIGURATION)
        try:
            planned.append(plan_step(step, site, mode=mode))
        except Exception as error:  # Whatever it was, the plan says so to who asked.
            if failures.is_unexpected(error):
                logger.exception("Looking at %s %s failed.", kind, key)
            unknown = [Planned(later, StepAction.UNKNOWN, observed=False) for later in work.steps[index:]]
            return Shown([*planned, *unknown], failures.classify(error))
    return Shown(planned)


def request(kind: SyncKind, key: uuid.UUID, *, actor: Actor) -> SyncPlan:
    """Ask for a dry run, in a transaction; a worker fills the plan in (`carry_out`)."""
    plan = SyncPlan.objects.create(
        scope=kind,
        key=key,
        dry_run=True,
        outcome=PlanOutcome.REQUESTED,
        asker_kind=actor.kind.value,
        asker_label=actor.label,
    )
    transaction.on_commit(lambda: outbox.send_soon(TASK, str(plan.pk)))
    return plan


def carry_out(plan_id: uuid.UUID) -> None:
    """Fill a requested plan in; one that is filled in already stays as it is."""
    plan = SyncPlan.objects.filter(pk=plan_id, outcome=PlanOutcome.REQUESTED).first()
    if plan is None:
        return
    seen = look(SyncKind(plan.scope), plan.key)
    failure = seen.failure
    with transaction.atomic():
        requested = SyncPlan.objects.filter(pk=plan_id, outcome=PlanOutcome.REQUESTED)
        if requested.update(
            outcome=PlanOutcome.SHOWN,
            finished_at=Now(),
            error=failure.message if failure else "",
            error_code=failure.code if failure else "",
            remedy=failure.remedy if failure else "",
        ):
            keep_steps(plan, seen.steps)
