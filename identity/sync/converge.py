"""Bringing resources to what they should be, one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from identity.cognito.errors import AmbiguousOutcome, CognitoError
from identity.sync.attempt import Attempt
from identity.sync.changes import Change
from identity.sync.errors import NotTaken
from identity.sync.failures import classify
from identity.sync.family import Guard, Site, Step
from identity.sync.tracking import Tracked
from tenants.actor import system
from tenants.models import Tenant, UserPool
from tenants.services import audit
from tenants.services.audit import Action
from tenants.services.outbox import LeaseLost

ACTOR = system("sync")


def converge(attempt: Attempt, steps: Sequence[Step], *, pool: UserPool, tenant: Tenant | None, guard: Guard) -> None:
    """Bring the resources of `steps` into sync, in their order, which is that of dependency.

    When one fails, its record says why, and those after it wait.

    Args:
        attempt: for which key.
        steps: what should be.
        pool: where; its `cognito_id` is set by the step that makes it.
        tenant: whose audit log it concerns; None for the fleet's.
        guard: the right to write.
    """
    sites = [
        Site(pool, tenant, Tracked.open(attempt.kind, attempt.key, step.family.family, step.name), guard)
        for step in steps
    ]
    for index, (step, site) in enumerate(zip(steps, sites, strict=True)):
        try:
            _bring(step, site)
        except LeaseLost:
            # The records are the other worker's now.
            raise
        except Exception as error:
            # Who was overtaken has nothing to say about the resource any more.
            guard.before_write()
            site.tracked.failed(classify(error))
            for later in sites[index + 1 :]:
                later.tracked.waiting(f"Waits for: {step.label}.")
            raise


def _bring(step: Step, site: Site) -> None:
    family, spec, tracked = step.family, step.spec, site.tracked
    live = family.observe(site, spec)
    repaired: Sequence[Change] = ()
    if live is None:
        if tracked.was_applied(spec):
            repaired = [Change("resource", "deleted outside Lifeguard", "created again")]
        live = _create(step, site)
    elif changes := family.diff(spec, live):
        if tracked.was_applied(spec):
            repaired = changes
        tracked.syncing("; ".join(map(str, changes)))
        site.guard.before_write()
        live = family.update(site, spec, live, changes)
    if left := family.diff(spec, live):
        raise NotTaken(f"Cognito took the change, but still differs: {'; '.join(map(str, left))}")
    site.guard.before_write()
    tracked.in_sync(family.remote_id(live), spec)
    if repaired:
        _audit(site, Action.DRIFT_REPAIRED, repaired)


def _create(step: Step, site: Site) -> Any:
    site.tracked.syncing("Being created")
    site.guard.before_write()
    site.tracked.start_create()
    try:
        return step.family.create(site, step.spec)
    except AmbiguousOutcome:
        raise
    except CognitoError:
        # An answer came, so that nothing was made: the next attempt need not look for it first.
        site.tracked.create_refused()
        raise


def _audit(site: Site, action: Action, changes: Sequence[Change]) -> None:
    before: Mapping[str, Any] = {change.field: change.before for change in changes}
    after: Mapping[str, Any] = {change.field: change.after for change in changes}
    with transaction.atomic():
        audit.record(action, actor=ACTOR, tenant=site.tenant, target=site.tracked.row, before=before, after=after)
