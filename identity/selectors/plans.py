"""Kept plans: lists of them, and one with its steps."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from identity.models import PlanOutcome, PlanStep, StepAction, SyncPlan
from identity.selectors.own import is_own, own_keys
from identity.selectors.tenant_keys import is_user_of, keys_of_tenants
from identity.sync.labels import Key, labels_of, tenants_of_pools
from tenants.errors import NotFound
from tenants.models import SyncKind, Tenant

PLAN_ORDER = ("-started_at", "-id")
SCHEDULED, ASKED, SHOWN = "scheduled", "asked", "shown"
_ORIGINS: Mapping[str, Q] = {
    SCHEDULED: Q(scheduled=True),
    ASKED: Q(scheduled=False, dry_run=False),
    SHOWN: Q(dry_run=True),
}


@dataclass(frozen=True, kw_only=True)
class PlanFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the name or slug of a tenant, or its whole key; its users' are found with that kind alone.
        kind: a `SyncKind`.
        outcome: a `PlanOutcome`.
        origin: `SCHEDULED` for those of the schedule, `ASKED` for those of a change or a person, `SHOWN` for dry runs.
        key: the id of one key.
    """

    q: str = ""
    kind: str = ""
    outcome: str = ""
    origin: str = ""
    key: str = ""


@dataclass(frozen=True)
class PlanRow:
    """A plan in a list: what it is about in words, and how many resources it does what with."""

    plan: SyncPlan
    label: str
    affects: str = ""
    actions: Mapping[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of key in words."""
        return str(SyncKind(self.plan.scope).label)


def find_plans(wanted: PlanFilter) -> QuerySet[SyncPlan]:
    """Return the plans that a filter leaves, in no order yet."""
    plans = _narrowed(SyncPlan.objects.all(), wanted)
    return plans.filter(keys_of_tenants(wanted.q, users=wanted.kind == SyncKind.USER)) if wanted.q else plans


def find_own_plans(tenant: Tenant, wanted: PlanFilter) -> QuerySet[SyncPlan]:
    """Return the plans of what is this tenant's own, that a filter leaves. Those of users only where asked for."""
    if wanted.kind == SyncKind.USER:
        return _narrowed(SyncPlan.objects.filter(is_user_of([tenant.pk])), wanted)
    keys = Q(pk__in=[])
    for kind, key in own_keys(tenant):
        keys |= Q(scope=kind, key=key)
    return _narrowed(SyncPlan.objects.filter(keys), wanted)


def get_plan(plan_id: uuid.UUID) -> SyncPlan:
    """Return a plan.

    Raises:
        NotFound: no such plan.
    """
    return _only(SyncPlan.objects.filter(pk=plan_id))


def get_own_plan(tenant: Tenant, plan_id: uuid.UUID) -> SyncPlan:
    """Return a plan of what is this tenant's own.

    Raises:
        NotFound: no such plan; also for one of another tenant, or of a shared pool.
    """
    return _only(SyncPlan.objects.filter(is_own(tenant), pk=plan_id))


def plan_rows(plans: Sequence[SyncPlan]) -> list[PlanRow]:
    """Return plans for a list, in a fixed number of queries."""
    labels = labels_of({(plan.scope, plan.key) for plan in plans})
    tenants = tenants_of_pools({plan.key for plan in plans if plan.scope == SyncKind.POOL})
    steps = PlanStep.objects.filter(plan__in=[plan.pk for plan in plans]).exclude(action=StepAction.NOTHING)
    actions: dict[uuid.UUID, dict[str, int]] = {}
    for plan_id, action, number in steps.order_by().values_list("plan", "action").annotate(number=Count("pk")):
        actions.setdefault(plan_id, {})[action] = number
    return [
        PlanRow(plan, labels.get((plan.scope, plan.key), str(plan.key)), tenants.get(plan.key, ""),
                actions.get(plan.pk, {}))
        for plan in plans
    ]  # fmt: skip


def latest_plans(keys: Iterable[Key]) -> dict[Key, SyncPlan]:
    """Return the newest plan of each key that was carried out or is, dry runs left out; in one query."""
    of_keys = Q(pk__in=[])
    for kind, key in keys:
        of_keys |= Q(scope=kind, key=key)
    newest = SyncPlan.objects.filter(of_keys, dry_run=False).order_by("scope", "key", "-started_at")
    return {(plan.scope, plan.key): plan for plan in newest.distinct("scope", "key")}


def is_moving(plan: SyncPlan) -> bool:
    """Say whether a plan will still change by itself."""
    return plan.outcome in (PlanOutcome.REQUESTED, PlanOutcome.RUNNING)


def _narrowed(plans: QuerySet[SyncPlan], wanted: PlanFilter) -> QuerySet[SyncPlan]:
    if wanted.kind:
        plans = plans.filter(scope=wanted.kind)
    if wanted.outcome:
        plans = plans.filter(outcome=wanted.outcome)
    if wanted.origin:
        plans = plans.filter(_ORIGINS[wanted.origin])
    return plans.filter(key=wanted.key) if wanted.key else plans


def _only(plans: QuerySet[SyncPlan]) -> SyncPlan:
    plan = plans.prefetch_related("steps").first()
    if plan is None:
        raise NotFound
    return plan
