"""A kept plan as its page shows it: steps in words, setting by setting. Pure, over rows that were read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from identity.models import Family, PlanStep, StepAction, StepState, SyncPlan
from identity.selectors.plans import is_moving
from identity.sync.field_words import field_in_words, value_in_words

# So many settings are shown at once; more are one click away.
_SHOWN_AT_ONCE = 8


@dataclass(frozen=True)
class ChangeView:
    """One setting: its name in words, both values in words, and the same in Cognito's own terms."""

    label: str
    before: str
    after: str
    path: str
    raw_before: str
    raw_after: str


@dataclass(frozen=True)
class StepView:
    """What a plan does with one resource. `waits_for` names the step that has to be done first, or failed."""

    action: str
    state: str
    kind: str
    name: str
    changes: Sequence[ChangeView]
    error: str
    remedy: str
    waits_for: str = ""
    took: str = ""

    @property
    def is_new(self) -> bool:
        """Say whether there is nothing before."""
        return self.action == StepAction.CREATE

    @property
    def is_reported(self) -> bool:
        """Say whether the values are what is live and what we want, rather than before and after."""
        return self.action == StepAction.REPORT

    @property
    def folded(self) -> bool:
        """Say whether its settings are shown on demand."""
        return self.is_new or len(self.changes) > _SHOWN_AT_ONCE


@dataclass(frozen=True)
class PlanView:
    """A plan and its steps. `moving` says that it still changes by itself, so that a page asks again."""

    plan: SyncPlan
    kind: str
    label: str
    steps: Sequence[StepView]
    error: str
    remedy: str
    took: str
    moving: bool

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.error and all(step.action == StepAction.NOTHING for step in self.steps)


def plan_view(plan: SyncPlan, *, kind: str, label: str, say: Callable[[str], str] = str) -> PlanView:
    """Return what to show of a plan.

    Args:
        plan: with its steps.
        kind: of its key, in words.
        label: what the key names.
        say: what a text becomes for who reads it.
    """
    return PlanView(
        plan=plan,
        kind=kind,
        label=label,
        steps=_steps(list(plan.steps.all()), say),
        error=say(plan.error),
        remedy=say(plan.remedy),
        took=in_seconds(plan.finished_at - plan.started_at) if plan.finished_at else "",
        moving=is_moving(plan),
    )


def in_seconds(time: timedelta) -> str:
    """Return how long something took."""
    seconds = time.total_seconds()
    if seconds < 1:
        return _("%(count)d ms") % {"count": round(seconds * 1000)}
    if seconds < 60:  # A minute.
        return _("%(count).1f s") % {"count": seconds}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}


def _steps(steps: Sequence[PlanStep], say: Callable[[str], str]) -> list[StepView]:
    views: list[StepView] = []
    ahead = ""
    for step in steps:
        kind = str(Family(step.family).label)
        took = in_seconds(step.finished_at - step.started_at) if step.finished_at and step.started_at else ""
        waits = step.state in (StepState.PLANNED, StepState.SKIPPED)
        views.append(
            StepView(
                action=step.action,
                state=step.state,
                kind=kind,
                name=step.name,
                changes=_changes(step.changes, say),
                error=say(step.error),
                remedy=say(step.remedy),
                waits_for=ahead if waits else "",
                took=took,
            )
        )
        if not ahead and step.state in (StepState.RUNNING, StepState.FAILED):
            ahead = f"{kind} {step.name}"
    return views


def _changes(changes: Sequence[dict[str, Any]], say: Callable[[str], str]) -> list[ChangeView]:
    before = {each["field"]: each["before"] for each in changes}
    after = {each["field"]: each["after"] for each in changes}
    return [
        ChangeView(
            label=field_in_words(path),
            before=say(value_in_words(path, before[path], before)),
            after=say(value_in_words(path, after[path], after)),
            path=path,
            raw_before=say(json.dumps(before[path], ensure_ascii=False)),
            raw_after=say(json.dumps(after[path], ensure_ascii=False)),
        )
        for path in after
    ]
