"""Cells, and the user pools in them."""

from collections.abc import Iterator
from operator import attrgetter

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.selectors import reconcile_states
from identity.selectors.capacity import fullest_of
from tenants import selectors
from tenants.http import Request
from tenants.models import Cell, SyncKind, UserPool
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services.placement import FILL_AT_MOST, TENANTS_PER_SHARED_POOL
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.forms.filters import PoolFilterForm, SearchForm
from tenants.web.tables import CURSOR, PAGE_SIZE, chosen_sort, order_by, pager, sort_links, with_query

_CELL_SORTS = ("name", "region", "pool_count", "tenant_count")
_POOL_SORTS = ("-created_at", "cell_name", "tenant_count")
# What `selectors.find_cells` and `find_pools` annotate.
_counts = attrgetter("pool_count", "tenant_count")
_tenant_count = attrgetter("tenant_count")


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_list(request: Request) -> HttpResponse:
    """List cells: where pools can be, and how many are there."""
    form, sort = _cell_search(request), chosen_sort(request, _CELL_SORTS)
    found = selectors.find_cells(form.text())
    page = keyset_page(found, order=order_by(sort), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "form": form,
        "tabs": _tabs("fleet:cells"),
        "cells": list(fullest_of(page.rows).items()),
        "total": found.count(),
        "pager": pager(request, page),
        "sorts": sort_links(request, _CELL_SORTS, sort),
        "clear_url": reverse("fleet:cells") if form.chosen() else "",
        "export_url": f"{reverse('fleet:cells-export')}{with_query(request, cursor='')}",
        "may_write": request.actor.allows(Permission.FLEET_CELLS_WRITE),
    }
    return render(request, "fleet/cells/list.html#table" if request.htmx else "fleet/cells/list.html", context)


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def cell_export(request: Request) -> HttpResponseBase:
    """Download the cells that the search leaves, as CSV."""
    found = selectors.find_cells(_cell_search(request).text()).order_by(*order_by(chosen_sort(request, _CELL_SORTS)))
    head = ("name", "region", "role", "endpoint", "pools", "tenants", "not offered", "created")
    return csv_response("cells.csv", head, _cell_lines(found))


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def pool_list(request: Request) -> HttpResponse:
    """List user pools: where tenants live, how full it is there, and how far Cognito has followed."""
    form, sort = PoolFilterForm(request.GET), chosen_sort(request, _POOL_SORTS)
    found = selectors.find_pools(form.wanted())
    page = keyset_page(found, order=order_by(sort), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    states = reconcile_states(SyncKind.POOL, [pool.pk for pool in page.rows])
    context = {
        "form": form,
        "tabs": _tabs("fleet:pools"),
        "pools": [(pool, states.get(pool.pk)) for pool in page.rows],
        "total": found.count(),
        "capacity": TENANTS_PER_SHARED_POOL,
        "fill_at_most": FILL_AT_MOST,
        "pager": pager(request, page),
        "sorts": sort_links(request, _POOL_SORTS, sort),
        "clear_url": reverse("fleet:pools") if form.chosen() else "",
        "export_url": f"{reverse('fleet:pools-export')}{with_query(request, cursor='')}",
    }
    return render(request, "fleet/cells/pools.html#table" if request.htmx else "fleet/cells/pools.html", context)


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def pool_export(request: Request) -> HttpResponseBase:
    """Download the pools that the filters leave, as CSV."""
    found = selectors.find_pools(PoolFilterForm(request.GET).wanted())
    head = ("name", "cognito id", "kind", "cell", "region", "tenants", "created")
    return csv_response("pools.csv", head, _pool_lines(found.order_by(*order_by(chosen_sort(request, _POOL_SORTS)))))


def _cell_search(request: Request) -> SearchForm:
    return SearchForm(request.GET, label=_("Search cells"), placeholder=_("Name or Region"))


def _tabs(current: str) -> list[dict[str, object]]:
    names = (("fleet:cells", _("Cells")), ("fleet:pools", _("User pools")))
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in names]


def _cell_lines(found: QuerySet[Cell]) -> Iterator[tuple[object, ...]]:
    for cell in found.iterator(chunk_size=500):
        refused = " ".join(cell.unsupported_operations)
        yield (
            cell.name,
            cell.region,
            cell.role_arn,
            cell.endpoint_url,
            *_counts(cell),
            refused,
            cell.created_at.isoformat(),
        )


def _pool_lines(found: QuerySet[UserPool]) -> Iterator[tuple[object, ...]]:
    for pool in found.iterator(chunk_size=500):
        place = (pool.cell.name, pool.cell.region)
        yield (pool.name, pool.cognito_id, pool.kind, *place, _tenant_count(pool), pool.created_at.isoformat())
