"""Keeping plans: what a reconcile set out to do, step by step, and what came of it (`SyncPlan`)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import celery
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from identity.models import PlanOutcome, PlanStep, ResourceState, StepAction, StepState, SyncPlan
from identity.sync.attempt import Attempt
from identity.sync.changes import Change, as_json
from identity.sync.failures import Failure
from identity.sync.planning import Planned
from tenants.models import FleetSettings, SyncKind

_OUTCOME_OF = {
    ResourceState.PENDING: PlanOutcome.WAITING,
    ResourceState.FAILING: PlanOutcome.FAILING,
    ResourceState.BLOCKED: PlanOutcome.BLOCKED,
}


class Journal:
    """The plan of one attempt. It is kept from its first step on, so that a page can follow it."""

    def __init__(self, plan: SyncPlan, steps: Sequence[PlanStep]) -> None:
        self.plan = plan
        self._steps = steps

    @classmethod
    def begin(cls, attempt: Attempt, planned: Sequence[Planned]) -> "Journal":
        """Keep what is planned; a plan of the same key that is still running was left behind by a worker that died."""
        with transaction.atomic():
            interrupt(attempt)
            plan = SyncPlan.objects.create(
                scope=attempt.kind,
                key=attempt.key,
                scheduled=attempt.scheduled,
                asker_kind=attempt.lease.asker.kind,
                asker_label=attempt.lease.asker.label,
                generation=attempt.lease.generation,
                attempt=attempt.lease.attempts,
                task_id=_task_id(),
            )
            return cls(plan, keep_steps(plan, planned))

    def step_started(self, index: int) -> None:
        """Say that a step is being carried out."""
        self._save(index, state=StepState.RUNNING, started_at=timezone.now())

    def step_seen(self, index: int, planned: Planned) -> None:
        """Say what a step does, now that its resource could be looked at."""
        self._save(index, action=planned.action, changes=shown(planned.changes))

    def step_done(self, index: int) -> None:
        """Say that a step is carried out."""
        self._save(index, state=StepState.DONE, finished_at=timezone.now())

    def step_incomplete(self, index: int, failure: Failure) -> None:
        """Say why a step could not be carried out to its end; those after it go on."""
        self._save(
            index,
            state=StepState.FAILED,
            error=failure.message,
            remedy=failure.remedy,
            finished_at=timezone.now(),
        )

    def step_failed(self, index: int, failure: Failure) -> None:
        """Say why a step could not be carried out, and that those after it were not reached."""
        self.step_incomplete(index, failure)
        later = [step.pk for step in self._steps[index + 1 :]]
        PlanStep.objects.filter(pk__in=later).update(state=StepState.SKIPPED)

    def failed(self, failure: Failure) -> None:
        """Close the plan with the reason."""
        self._close(_OUTCOME_OF[failure.state], error=failure.message, error_code=failure.code, remedy=failure.remedy)

    def done(self) -> None:
        """Close the plan: all its steps are carried out."""
        actions = {StepAction(step.action) for step in self._steps}
        if actions & {StepAction.CREATE, StepAction.UPDATE, StepAction.ADOPT, StepAction.DELETE}:
            self._close(PlanOutcome.APPLIED)
        else:
            self._close(PlanOutcome.DRIFTED if StepAction.REPORT in actions else PlanOutcome.UNCHANGED)

    def _save(self, index: int, **values: Any) -> None:
        step = self._steps[index]
        for name, value in values.items():
            setattr(step, name, value)
        PlanStep.objects.filter(pk=step.pk).update(**values)

    def _close(self, outcome: PlanOutcome, **values: Any) -> None:
        SyncPlan.objects.filter(pk=self.plan.pk).update(outcome=outcome, finished_at=Now(), **values)


def is_worth_keeping(attempt: Attempt, planned: Sequence[Planned]) -> bool:
    """Say whether a plan tells anybody anything; one of the schedule, or of one user, without a change does not."""
    quiet = attempt.scheduled or attempt.kind is SyncKind.USER
    return not quiet or any(each.action is not StepAction.NOTHING for each in planned)


def keep_steps(plan: SyncPlan, planned: Sequence[Planned]) -> list[PlanStep]:
    """Keep the steps of a plan."""
    return PlanStep.objects.bulk_create(
        PlanStep(
            plan=plan,
            position=position,
            family=each.step.family.family.value,
            name=each.step.name,
            action=each.action,
            changes=shown(each.changes),
        )
        for position, each in enumerate(planned)
    )


def shown(changes: Sequence[Change]) -> list[Mapping[str, Any]]:
    """Return changes for a JSON column."""
    return [
        {"field": change.field, "before": as_json(change.before), "after": as_json(change.after)} for change in changes
    ]


def purge() -> int:
    """Delete plans older than the fleet keeps them, and return how many."""
    oldest = timezone.now() - timedelta(days=FleetSettings.current().retention_days)
    deleted, _ = SyncPlan.objects.filter(started_at__lt=oldest).delete()
    return deleted


def interrupt(attempt: Attempt) -> None:
    """Close the plans of a key that a worker left behind when it died or was overtaken."""
    left = SyncPlan.objects.filter(scope=attempt.kind, key=attempt.key, outcome=PlanOutcome.RUNNING, dry_run=False)
    plans = list(left.values_list("pk", flat=True))
    if not plans:
        return
    PlanStep.objects.filter(plan__in=plans, state=StepState.RUNNING).update(state=StepState.SKIPPED)
    left.filter(pk__in=plans).update(outcome=PlanOutcome.INTERRUPTED, finished_at=Now())


def _task_id() -> str:
    # Outside of a worker, at a terminal, the current task is a proxy for nothing.
    request = getattr(celery.current_task, "request", None)
    return str(getattr(request, "id", None) or "")
