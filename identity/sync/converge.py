"""Bringing resources to what they should be: a plan, then its steps one after the other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from identity.cognito.calls import Priority
from identity.cognito.errors import AmbiguousOutcome, CognitoError, Terminal
from identity.models import StepAction
from identity.sync import metrics
from identity.sync.attempt import Attempt
from identity.sync.changes import Change
from identity.sync.drift_mode import drift_mode
from identity.sync.errors import Blocked, Incomplete, NotTaken
from identity.sync.failures import Failure, classify
from identity.sync.family import Guard, Site, Step
from identity.sync.journal import Journal, interrupt, is_worth_keeping
from identity.sync.planning import Planned, plan_step
from identity.sync.tracking import Tracked
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.models import DriftMode, Tenant, UserPool
from tenants.services import audit
from tenants.services.outbox import LeaseLost

_WRITES = (StepAction.CREATE, StepAction.UPDATE, StepAction.ADOPT, StepAction.DELETE)


@dataclass(frozen=True)
class Work:
    """What a reconcile of one key is about.

    Arguments:
        steps: what should be, in order of dependency; what is to be deleted comes last.
        pool: where; its `cognito_id` is set by the step that makes it.
        tenant: whose audit log it concerns, and whose drift mode holds; None for the fleet's.
    """

    steps: Sequence[Step]
    pool: UserPool
    tenant: Tenant | None

    @property
    def removes_all(self) -> bool:
        """Say whether nothing of it is to be left."""
        return not any(step.present for step in self.steps)


def converge(attempt: Attempt, work: Work, *, guard: Guard) -> None:
    """Bring the resources of `work` into sync.

    When one cannot be looked at or written, its record and the plan say why, and those after it wait; but not for what
    is only incomplete, nor for what stands alone.

    Args:
        attempt: for which key.
        work: what should be, and where.
        guard: the right to write.

    Raises:
        LeaseLost: somebody else has taken the key or the pool over; nothing is written any more.
        NotYet, Blocked, NotTaken, CognitoError: why it stopped, or what was left out.
    """
    metrics.bind(tenant=work.tenant.key if work.tenant is not None else None)
    sites = [_site(attempt, work, step, guard) for step in work.steps]
    mode = drift_mode(work.tenant)
    planned = _plan(attempt, work, sites, guard, mode)
    if not is_worth_keeping(attempt, planned):
        interrupt(attempt)
        _settle_unchanged(planned, sites, guard)
        return
    # Who was overtaken while looking must not close the other worker's plan.
    guard.before_write()
    journal = Journal.begin(attempt, planned)
    metrics.bind(plan=journal.plan.pk)
    left_out = _LeftOut()
    for index, site in enumerate(sites):
        each = planned[index]
        journal.step_started(index)
        try:
            each = _look_now(planned, index, site, mode, left_out.absent)
            if each is not planned[index]:
                journal.step_seen(index, each)
            _carry_out(each, site)
        except LeaseLost:
            # The records are the other worker's now.
            raise
        except Exception as error:
            failure = classify(error, attempts=attempt.lease.attempts)
            if _holds_nobody_up(each.step, error):
                left_out.add(each, error)
                _leave_incomplete(index, failure, site, journal)
                continue
            _give_up(index, failure, work.steps, sites, guard)
            journal.step_failed(index, failure)
            journal.failed(failure)
            raise
        else:
            journal.step_done(index)
    if left_out.errors:
        journal.failed(classify(left_out.errors[0]))
        raise left_out.errors[0]
    journal.done()


class _LeftOut:
    """What of a reconcile waits for a person, while the rest goes on."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        # What others may name, and Cognito does not have.
        self.absent: set[str] = set()

    def add(self, planned: Planned, error: Exception) -> None:
        self.errors.append(error)
        if planned.step.alone and planned.live is None:
            self.absent.add(planned.step.name)


def _holds_nobody_up(step: Step, error: Exception) -> bool:
    return isinstance(error, Incomplete) or (step.alone and isinstance(error, Terminal | Blocked))


def _site(attempt: Attempt, work: Work, step: Step, guard: Guard) -> Site:
    return Site(
        work.pool,
        work.tenant,
        Tracked.open(attempt.kind, attempt.key, step.family.family, step.name),
        guard,
        priority=Priority.BULK if attempt.scheduled else Priority.CONFIGURATION,
        thorough=attempt.scheduled,
    )


def _plan(attempt: Attempt, work: Work, sites: Sequence[Site], guard: Guard, mode: DriftMode) -> list[Planned]:
    planned: list[Planned] = []
    for index, (step, site) in enumerate(zip(work.steps, sites, strict=True)):
        try:
            planned.append(plan_step(step, site, mode=mode))
        except LeaseLost:
            raise
        except Exception as error:
            if _holds_nobody_up(step, error):
                # When its turn comes it is looked at again, and says why once more.
                planned.append(Planned(step, StepAction.UNKNOWN, observed=False))
                continue
            unknown = [Planned(later, StepAction.UNKNOWN, observed=False) for later in work.steps[index:]]
            if any(each.action in _WRITES for each in planned):
                # What is before it does not wait for it; when its turn comes it is looked at again.
                return [*planned, *unknown]
            failure = classify(error, attempts=attempt.lease.attempts)
            _give_up(index, failure, work.steps, sites, guard)
            journal = Journal.begin(attempt, [*planned, *unknown])
            journal.step_failed(index, failure)
            journal.failed(failure)
            raise
    return planned


def _give_up(index: int, failure: Failure, steps: Sequence[Step], sites: Sequence[Site], guard: Guard) -> None:
    # Who was overtaken has nothing to say about the resource any more.
    guard.before_write()
    sites[index].tracked.failed(failure)
    for later in sites[index + 1 :]:
        later.tracked.waiting(f"Waits for: {steps[index].label}.")


def _leave_incomplete(index: int, failure: Failure, site: Site, journal: Journal) -> None:
    site.guard.before_write()
    site.tracked.failed(failure)
    journal.step_incomplete(index, failure)


def _settle_unchanged(planned: Sequence[Planned], sites: Sequence[Site], guard: Guard) -> None:
    guard.before_write()
    for each, site in zip(planned, sites, strict=True):
        _settle(each, site, each.live)


def _look_now(planned: Sequence[Planned], index: int, site: Site, mode: DriftMode, absent: Collection[str]) -> Planned:
    """The step as planned, or planned again where its resource could not be looked at, without a pool for example.

    It is also planned again where it names what turned out to be absent.

    In a pool that this very attempt created there is nothing to look at: that saves a call for each resource.
    """
    each = planned[index]
    spec = each.step.family.without(each.step.spec, absent) if absent else each.step.spec
    if spec != each.step.spec:
        return plan_step(replace(each.step, spec=spec), site, mode=mode)
    is_new = any(one.action is StepAction.CREATE and not one.step.family.in_pool for one in planned)
    return each if each.observed or is_new else plan_step(each.step, site, mode=mode)


def _carry_out(planned: Planned, site: Site) -> None:
    step, decision = planned.step, planned.decision
    live = planned.live
    match planned.action:
        case StepAction.CREATE:
            live = _create(step, site)
        case StepAction.UPDATE | StepAction.ADOPT:
            site.guard.before_write()
            site.tracked.writing(decision)
            live = _update(planned, site)
        case StepAction.DELETE:
            site.tracked.syncing("Being deleted")
            site.guard.before_write()
            step.family.delete(site, step.spec, live)
            live = None
        case _:
            pass
    site.guard.before_write()
    _settle(planned, site, live)
    if decision.repairs:
        _audit(site, Action.DRIFT_REPAIRED, decision.repairs)


def _update(planned: Planned, site: Site) -> Any:
    try:
        return planned.step.family.update(site, planned.step.spec, planned.live, planned.decision.write)
    except Incomplete as error:
        if error.wrote and planned.decision.repairs:
            # By the next attempt nothing may be left of what tells that it was somebody else's change.
            _audit(site, Action.DRIFT_REPAIRED, planned.decision.repairs)
        raise


def _settle(planned: Planned, site: Site, live: Any) -> None:
    step, decision = planned.step, planned.decision
    if not step.present:
        step.family.forget(site, step.spec)
        site.tracked.forget()
    elif live is None:
        site.tracked.vanished(decision)
    else:
        left = [change for change in step.family.diff(step.spec, live) if change.field not in decision.stands]
        if left:
            raise NotTaken(f"Cognito took the change, but still differs: {'; '.join(map(str, left))}")
        site.tracked.settled(step.family.remote_id(live), step.family.wanted(step.spec), decision)


def _create(step: Step, site: Site) -> Any:
    site.tracked.syncing("Being created")
    site.guard.before_write()
    site.tracked.start_create()
    try:
        return step.family.create(site, step.spec)
    except AmbiguousOutcome:
        raise
    except (CognitoError, Blocked):
        # An answer came, so that nothing was made: the next attempt need not look for it first.
        site.tracked.create_refused()
        raise


def _audit(site: Site, action: Action, changes: Sequence[Change]) -> None:
    before: Mapping[str, Any] = {change.field: change.before for change in changes}
    after: Mapping[str, Any] = {change.field: change.after for change in changes}
    with transaction.atomic():
        audit.record(
            action, actor=system("sync"), tenant=site.tenant, target=site.tracked.row, before=before, after=after
        )
