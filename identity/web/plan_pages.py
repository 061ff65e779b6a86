"""What the pages about plans share: a tenant's, and the fleet's."""

import uuid
from collections.abc import Callable, Iterator, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from identity.models import SyncPlan
from identity.selectors.drift import find_own_drifted
from identity.selectors.plans import PlanRow, plan_rows
from identity.sync.labels import labels_of
from identity.web.batches import batched
from identity.web.plan_view import PlanView, plan_view
from tenants.models import SyncKind, Tenant

PLAN_COLUMNS = (
    "plan", "kind", "what", "outcome", "scheduled", "asked by", "shown only", "attempt", "started", "finished",
    "create", "update", "adopt", "delete", "report", "error", "remedy", "task",
)  # fmt: skip
_ACTIONS = ("create", "update", "adopt", "delete", "report")
_AT_ONCE = 500
# What one preview is made of: a pool and a tenant.
_PREVIEWED = 2


def view_of_plan(plan: SyncPlan, say: Callable[[str], str] = str) -> PlanView:
    """Return a plan, which was read with its steps, as its page shows it."""
    label = labels_of([(plan.scope, plan.key)]).get((plan.scope, plan.key), str(plan.key))
    return plan_view(plan, kind=str(SyncKind(plan.scope).label), label=label, say=say)


def chosen_plans(request: HttpRequest) -> list[uuid.UUID]:
    """Return the plans that the address of a preview names; what is no id is left out."""
    found = []
    for text in request.GET.getlist("plan")[:_PREVIEWED]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def plan_lines(plans: QuerySet[SyncPlan], say: Callable[[str], str] = str) -> Iterator[Sequence[object]]:
    """Return plans as rows of a CSV file, `PLAN_COLUMNS`, in the order that they have."""
    for some in batched(plans.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        for row in plan_rows(some):
            yield _line(row, say)


def own_tabs(tenant: Tenant, current: str) -> list[dict[str, object]]:
    """Return the sub-pages of a tenant's sync."""
    pages = (
        ("tenant:sync", _("State"), ""),
        ("tenant:plans", _("Plans"), ""),
        ("tenant:drift", _("Drift"), find_own_drifted(tenant).count() or ""),
    )
    return [
        {"label": label, "url": reverse(name, args=[tenant.slug]), "current": name == current, "count": count}
        for name, label, count in pages
    ]


def fleet_tabs(current: str) -> list[dict[str, object]]:
    """Return the sub-pages of the fleet's sync activity."""
    names = (("fleet:sync", _("Activity")), ("fleet:plans", _("Plans")), ("fleet:drift", _("Drift")))
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in names]


def _line(row: PlanRow, say: Callable[[str], str]) -> Sequence[object]:
    plan = row.plan
    return (
        plan.pk,
        plan.scope,
        row.label,
        plan.outcome,
        plan.scheduled,
        plan.asker_label,
        plan.dry_run,
        plan.attempt,
        plan.started_at.isoformat(),
        plan.finished_at.isoformat() if plan.finished_at else "",
        *(row.actions.get(action, 0) for action in _ACTIONS),
        say(plan.error),
        say(plan.remedy),
        plan.task_id,
    )
