"""From what should be and what Cognito has to a plan. Reads only."""

from dataclasses import dataclass
from typing import Any

from identity.models import StepAction
from identity.sync.changes import Change
from identity.sync.errors import NotYet
from identity.sync.family import Site, Step
from identity.sync.look_again import LOOK_AGAIN
from identity.sync.threeway import Decision, decide, missing
from tenants.models import DriftMode

UNDECIDED = Decision()


@dataclass(frozen=True)
class Planned:
    """What a plan does with one resource. Not `observed`: it cannot be looked at before its pool is there."""

    step: Step
    action: StepAction
    decision: Decision = UNDECIDED
    live: Any = None
    observed: bool = True

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the plan shows, setting by setting."""
        if self.action is StepAction.REPORT:
            return tuple(Change(drifted.field, drifted.live, drifted.wanted) for drifted in self.decision.drift)
        if self.action is StepAction.DELETE:
            return ()
        return self.decision.write or self.decision.repairs


def plan_step(step: Step, site: Site, *, mode: DriftMode) -> Planned:
    """Look at one resource and decide what to do with it.

    Raises:
        NotYet, Blocked, CognitoError: it cannot be looked at, or nothing can be done about it.
    """
    family, spec = step.family, step.spec
    if step.retired and not site.tracked.is_ours:
        return Planned(step, StepAction.NOTHING)
    if family.in_pool and not site.pool.is_provisioned:
        action = StepAction.CREATE if step.present else StepAction.NOTHING
        return Planned(step, action, Decision(write=_all_new(step)), observed=False)
    live = family.observe(site, spec)
    if live is None and site.tracked.is_not_shown_yet:
        # Taken for absent it would be created twice, or left behind by whoever removes it.
        raise NotYet("Cognito does not show yet what was created a moment ago.", delay=LOOK_AGAIN)
    if not step.present:
        return Planned(step, StepAction.NOTHING if live is None else StepAction.DELETE, live=live)
    if live is None:
        decision = missing(site.tracked.standing, mode=mode)
        if decision.drift:
            return Planned(step, StepAction.REPORT, decision)
        return Planned(step, StepAction.CREATE, Decision(write=_all_new(step), repairs=decision.repairs))
    changes = family.diff(spec, live)
    decision = decide(
        changes,
        family.wanted(spec),
        site.tracked.standing,
        mode=mode,
        ours=family.ours,
        inherited=family.inherited(spec),
    )
    return Planned(step, _action(step, decision), decision, live)


def _all_new(step: Step) -> tuple[Change, ...]:
    if not step.present:
        return ()
    wanted = step.family.wanted(step.spec)
    return tuple(Change(path, None, value) for path, value in sorted(wanted.items()) if value not in (None, [], {}))


def _action(step: Step, decision: Decision) -> StepAction:
    if any(change.field in step.family.ours for change in decision.write):
        return StepAction.ADOPT
    if decision.write:
        return StepAction.UPDATE
    return StepAction.REPORT if decision.drift else StepAction.NOTHING
