"""What the workers owe and do."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from identity.models import ResourceState
from identity.sync.activity import activity_counts, activity_page
from identity.sync.selectors import worker_last_seen
from tenants.counting import in_digits
from tenants.http import Request
from tenants.permissions import Permission
from tenants.services.tenants import retry_sync
from tenants.web.access import fleet_view
from tenants.web.tables import CURSOR, PAGE_SIZE, pager

_SHOWN = (
    ResourceState.BLOCKED, ResourceState.FAILING, ResourceState.SYNCING, ResourceState.PENDING, ResourceState.IN_SYNC,
)  # fmt: skip
_MOVING = (ResourceState.FAILING, ResourceState.SYNCING, ResourceState.PENDING)


@require_safe
@never_cache
@fleet_view(Permission.FLEET_SYNC_READ)
def sync_activity(request: Request) -> HttpResponse:
    """List what was asked of the workers, the last touched first; `?state=` narrows it."""
    asked = request.GET.get("state", "")
    state = ResourceState(asked) if asked in _SHOWN else None
    counts = activity_counts()
    found = activity_page(state=state, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "rows": found.rows,
        "pager": pager(request, found.page),
        "tabs": _tabs(state, counts),
        "moving": any(counts.get(each) for each in _MOVING),
        "worker_seen": worker_last_seen(),
        "may_run": request.actor.allows(Permission.FLEET_SYNC_RUN),
        "here": request.get_full_path(),
    }
    template = "fleet/sync.html#activity" if request.htmx else "fleet/sync.html"
    return render(request, template, context)


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def sync_retry(request: Request, kind: str, key: uuid.UUID) -> HttpResponse:
    """Try one thing now."""
    retry_sync(kind, key, actor=request.actor)
    messages.success(request, _("Trying again…"))
    return redirect("fleet:sync")


def _tabs(chosen: ResourceState | None, counts: dict[ResourceState, int]) -> list[dict[str, object]]:
    here = reverse("fleet:sync")
    everything = {"label": _("All"), "url": here, "current": chosen is None, "count": in_digits(sum(counts.values()))}
    return [
        everything,
        *(
            {
                "label": state.label,
                "url": f"{here}?state={state.value}",
                "current": chosen is state,
                "count": in_digits(counts.get(state, 0)),
            }
            for state in _SHOWN
        ),
    ]
