"""Cells, and the user pools in them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.selectors import reconcile_states
from tenants import selectors
from tenants.http import Request
from tenants.models import SyncKind
from tenants.permissions import Permission
from tenants.services.placement import FILL_AT_MOST, TENANTS_PER_SHARED_POOL
from tenants.web.access import fleet_view


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_list(request: Request) -> HttpResponse:
    """List cells and pools: where tenants live, and how full it is there."""
    pools = list(selectors.list_pools())
    states = reconcile_states(SyncKind.POOL, [pool.pk for pool in pools])
    context = {
        "cells": selectors.list_cells(),
        "pools": [(pool, states.get(pool.pk)) for pool in pools],
        "capacity": TENANTS_PER_SHARED_POOL,
        "fill_at_most": FILL_AT_MOST,
        "may_write": request.actor.allows(Permission.FLEET_CELLS_WRITE),
    }
    return render(request, "fleet/cells/list.html", context)
