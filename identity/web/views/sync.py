"""What the workers owe and do."""

import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import ResourceState
from identity.selectors.plans import latest_plans
from identity.selectors.tenant_keys import keys_of_tenants
from identity.sync.activity import activity_counts, activity_page, activity_rows, find_entries
from identity.sync.selectors import worker_last_seen
from identity.web.batches import batched
from identity.web.plan_pages import fleet_tabs
from identity.web.sync_forms import EVERYTHING, OPEN, ActivityFilterForm
from tenants.counting import in_digits
from tenants.http import Request
from tenants.models import SyncKind
from tenants.permissions import Permission
from tenants.services.tenants import retry_sync
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query

if TYPE_CHECKING:
    from identity.sync.activity import EntryWithState

_SHOWN = (
    ResourceState.BLOCKED, ResourceState.FAILING, ResourceState.SYNCING, ResourceState.PENDING, ResourceState.IN_SYNC,
)  # fmt: skip
_MOVING = (ResourceState.FAILING, ResourceState.SYNCING, ResourceState.PENDING)
_COLUMNS = ("kind", "what", "affects", "state", "attempts", "next attempt", "error", "remedy", "touched")
_AT_ONCE = 500


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def sync_activity(request: Request) -> HttpResponse:
    """List what was asked of the workers, the last touched first, each with its latest plan: first what is open."""
    form, counts = ActivityFilterForm(request.GET), activity_counts()
    found = activity_page(_wanted(form), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    plans = latest_plans([(row.sync_kind, row.key) for row in found.rows])
    context = {
        "rows": [(row, plans.get((row.sync_kind, row.key))) for row in found.rows],
        "form": form,
        "pager": pager(request, found.page),
        "sections": fleet_tabs("fleet:sync"),
        "tabs": _tabs(request, form, counts),
        "moving": any(counts.get(each) for each in _MOVING),
        "worker_seen": worker_last_seen(),
        "may_run": request.actor.allows(Permission.FLEET_SYNC_RUN),
        "here": request.get_full_path(),
        "clear_url": reverse("fleet:sync") if form.chosen() else "",
        "everything_url": f"{reverse('fleet:sync')}?state={EVERYTHING}",
        "export_url": f"{reverse('fleet:sync-export')}{with_query(request, cursor='')}",
    }
    template = "fleet/sync.html#activity" if request.htmx else "fleet/sync.html"
    return render(request, template, context)


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def sync_export(request: Request) -> HttpResponseBase:
    """Download what the filters leave, as CSV."""
    found = _wanted(ActivityFilterForm(request.GET)).order_by("-updated_at", "-id")
    return csv_response("sync.csv", _COLUMNS, _lines(found))


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def sync_retry(request: Request, kind: str, key: uuid.UUID) -> HttpResponse:
    """Try one thing now."""
    retry_sync(kind, key, actor=request.actor)
    messages.success(request, _("Comparing with Cognito…"))
    if kind == SyncKind.POOL and request.POST.get("from") == "pool":
        return redirect("fleet:pool", pool_id=key)
    return redirect("fleet:sync")


def _wanted(form: ActivityFilterForm) -> "QuerySet[EntryWithState]":
    chosen = form.chosen()
    state, q = form.state_wanted(), chosen.get("q")
    return find_entries(
        state=ResourceState(state) if state in _SHOWN else None,
        is_open=state == OPEN,
        kind=chosen.get("kind", ""),
        only=keys_of_tenants(q, kind="kind", users=chosen.get("kind") == SyncKind.USER) if q else None,
    )


def _lines(found: "QuerySet[EntryWithState]") -> Iterator[Sequence[object]]:
    for some in batched(found.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        for row in activity_rows(some):
            next_attempt = row.next_attempt_at.isoformat() if row.next_attempt_at else ""
            yield (
                row.sync_kind.value,
                row.label,
                row.affects,
                row.state.value,
                row.attempts,
                next_attempt,
                row.last_error,
                row.remedy,
                row.updated_at.isoformat(),
            )


def _tabs(request: Request, form: ActivityFilterForm, counts: dict[ResourceState, int]) -> list[dict[str, object]]:
    """The states, each with how much of the fleet is in it unless other filters narrow the list, which a tab keeps."""
    here, asked, narrowed = reverse("fleet:sync"), form.state_wanted(), bool(form.chosen().keys() - {"state"})
    not_settled = sum(number for state, number in counts.items() if state != ResourceState.IN_SYNC)
    states = [
        (OPEN, _("Not settled"), not_settled),
        *((each, _name(each), counts.get(each, 0)) for each in _SHOWN),
        (EVERYTHING, _("All"), sum(counts.values())),
    ]
    return [
        {
            "label": label,
            "url": f"{here}{with_query(request, state=state, cursor='')}",
            "current": state == asked,
            "count": "" if narrowed else in_digits(number),
        }
        for state, label, number in states
    ]


def _name(state: ResourceState) -> str:
    """What a tab is called: what is settled may have drifted, which its rows say."""
    return _("Settled") if state == ResourceState.IN_SYNC else str(state.label)
