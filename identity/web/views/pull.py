"""What comes back from the pools of a cell: sweeps, events, and users who are no tenant's."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.selectors.pull import events_of, get_pool, pools_of, pulled, unclaimed_users
from identity.services.events import rotate_event_secret
from identity.services.pull import confirm_vanished, pull_now
from tenants.http import Request
from tenants.models import Cell
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.selectors import get_cell
from tenants.web.access import fleet_view
from tenants.web.tables import CURSOR, PAGE_SIZE, pager

_ask = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_users(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Show how the users of a cell's pools come back: when each was read, and whether events arrive."""
    cell = get_cell(cell_id)
    page = keyset_page(pools_of(cell), order=("-created_at", "-pk"), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    rows = pulled(page.rows)
    context = {
        "cell": cell,
        "events": events_of(cell),
        **_addresses(cell),
        "rows": rows,
        "held_up": [row for row in rows if row.state and row.state.vanished],
        "moving": any(row.sync and not row.sync.settled for row in rows),
        "hours": settings.PULL_INTERVAL_SECONDS / 3600,
        "pager": pager(request, page),
        "may_write": request.actor.allows(Permission.FLEET_CELLS_WRITE),
        "may_run": request.actor.allows(Permission.FLEET_SYNC_RUN),
    }
    return render(request, "fleet/cells/users.html#pools" if request.htmx else "fleet/cells/users.html", context)


@_ask
@fleet_view(Permission.FLEET_CELLS_WRITE)
def cell_event_secret(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Make the secret for a cell's events, after asking, and show it this once."""
    cell = get_cell(cell_id)
    context: dict[str, object] = {"cell": cell, "events": events_of(cell)}
    if request.method == "POST":
        context["secret"] = rotate_event_secret(cell.pk, actor=request.actor)
    return render(request, "fleet/cells/event_secret.html", context | _addresses(cell))


def _addresses(cell: Cell) -> dict[str, str]:
    """Where the cell's account sends events, and asks for the words of Cognito's messages."""
    names = {"address": "cognito-events", "messages_address": "cognito-messages"}
    return {key: settings.DASHBOARD_URL + reverse(name, args=[cell.pk]) for key, name in names.items()}


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def pool_unclaimed(request: Request, pool_id: uuid.UUID) -> HttpResponse:
    """List the users of a pool who are in no tenant's directory."""
    pool = get_pool(pool_id)
    found = unclaimed_users(pool)
    page = keyset_page(found, order=("username", "pk"), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "pool": pool,
        "cell": pool.cell,
        "users": page.rows,
        "total": found.count(),
        "pager": pager(request, page),
    }
    return render(request, "fleet/cells/unclaimed.html", context)


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def pool_read(request: Request, pool_id: uuid.UUID) -> HttpResponse:
    """Read a pool's users now."""
    pool = pull_now(pool_id, actor=request.actor)
    messages.success(request, _("Reading the users of %(pool)s…") % {"pool": pool.name})
    return redirect("fleet:cell-users", cell_id=pool.cell_id)


@_ask
@fleet_view(Permission.FLEET_CELLS_WRITE)
def pool_vanished(request: Request, pool_id: uuid.UUID) -> HttpResponse:
    """Say that the users who vanished from a pool are gone on purpose, after asking."""
    pool = get_pool(pool_id)
    if request.method == "POST":
        confirm_vanished(pool.pk, actor=request.actor)
        messages.success(request, _("Thank you. Each of them is looked up once more, and then marked as missing."))
        return redirect("fleet:cell-users", cell_id=pool.cell_id)
    (row,) = pulled([pool])
    return render(request, "fleet/cells/vanished.html", {"pool": pool, "cell": pool.cell, "row": row})
