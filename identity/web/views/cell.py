"""One cell: what it uses of its quotas, live, and how near its limits are."""

import uuid
from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.selectors.capacity import capacity_of
from identity.selectors.headroom import Headroom, headroom_of
from identity.services.cell_messages import following_pools, set_message_function
from identity.services.cell_quotas import set_cell_quotas
from identity.services.pool_settings import NotConfirmed
from identity.web.cell_message_form import CellMessageForm
from identity.web.cell_quota_form import CellQuotaForm
from identity.web.charts import UsageChart, usage_chart
from identity.web.consequences import fingerprint, make_change
from tenants.errors import Unavailable, ValidationFailed
from tenants.http import Request
from tenants.models import Cell
from tenants.permissions import Permission
from tenants.selectors import get_cell
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_detail(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Show one cell; htmx asks again for the part that lives."""
    cell = get_cell(cell_id)
    try:
        rates = headroom_of(cell)
    except Unavailable:
        # The rest of the page is worth showing without Redis.
        rates = []
    context = {
        "cell": cell,
        "rates": rates,
        "charts": [(row, _chart(row)) for row in rates if row.was_used],
        "unused": [row for row in rates if not row.was_used],
        "cut": [row for row in rates if row.is_cut],
        "totals": _totals(rates),
    }
    if request.htmx:
        return render(request, "fleet/cells/detail.html#live", context)
    capacity = capacity_of([cell])[cell]
    context["capacity"] = capacity
    context["near"] = [row for row in capacity if row.is_near]
    context["may_write"] = request.actor.allows(Permission.FLEET_CELLS_WRITE)
    return render(request, "fleet/cells/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_CELLS_WRITE)
def cell_quotas(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Take down what AWS granted a cell beyond its defaults."""
    cell = get_cell(cell_id)
    form = CellQuotaForm(cell, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_cell_quotas(cell.pk, form.quotas(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Every process keeps to it from its next call on."))
            return redirect("fleet:cell", cell_id=cell.pk)
    context = {"form": form, "cell": cell}
    return render(request, "fleet/cells/quotas.html", context, status=422 if form.errors else 200)


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_messages(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Show which function writes Cognito's messages in a cell, and the form to name one where the person may."""
    cell = get_cell(cell_id)
    return _messages_page(request, cell, CellMessageForm(cell))


@require_POST
@fleet_view(Permission.FLEET_POOLS_WRITE)
def cell_messages_save(request: Request, cell_id: uuid.UUID) -> HttpResponse:
    """Name the function; what that does to all pools of the cell is asked about."""
    cell = get_cell(cell_id)
    form = CellMessageForm(cell, request.POST)
    told: list[str] = []
    if form.is_valid():
        arn = form.cleaned_data["message_function_arn"]
        try:
            make_change(request, partial(set_message_function, cell.pk, arn, actor=request.actor))
        except NotConfirmed as error:
            told = error.told
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Applying to Cognito…"))
            return redirect("fleet:cell", cell_id=cell.pk)
    return _messages_page(request, cell, form, told=told, status=422)


def _messages_page(
    request: Request, cell: Cell, form: CellMessageForm, *, told: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    context = {
        "cell": cell,
        "form": form,
        "told": told,
        "fingerprint": fingerprint(told),
        "pool_count": cell.pools.count(),
        "following": following_pools(cell),
        "may_write": request.actor.allows(Permission.FLEET_POOLS_WRITE),
    }
    return render(request, "fleet/cells/messages.html", context, status=status)


def _chart(row: Headroom) -> UsageChart:
    # The minute that has begun would look like a fall.
    whole = row.minutes[:-1]
    calls, throttled = [minute.calls for minute in whole], [minute.throttled > 0 for minute in whole]
    return usage_chart(calls, throttled, allowed=row.allowed)


def _totals(rates: Sequence[Headroom]) -> dict[str, float]:
    calls = sum(row.calls for row in rates)
    waited = sum(row.waited for row in rates)
    return {
        "calls": calls,
        "throttled": sum(row.throttled for row in rates),
        "put_off": sum(row.put_off for row in rates),
        "waited_each": waited / calls * 1000 if calls else 0.0,
    }
