"""A tenant's plans: what each sync of its own set out to do, and what came of it."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from identity.selectors import discreet
from identity.selectors.plans import PLAN_ORDER, find_own_plans, get_own_plan, plan_rows
from identity.web.plan_pages import PLAN_COLUMNS, own_tabs, plan_lines, view_of_plan
from identity.web.sync_forms import OwnPlanFilterForm
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query


@require_safe
@tenant_view(Permission.SYNC_READ)
def plan_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """List the plans, newest first."""
    form = OwnPlanFilterForm(request.GET)
    found = find_own_plans(tenant, form.wanted())
    page = keyset_page(found, order=PLAN_ORDER, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "tenant": tenant,
        "tabs": own_tabs(tenant, "tenant:plans"),
        "form": form,
        "rows": plan_rows(page.rows),
        "pager": pager(request, page),
        "clear_url": request.path if form.chosen() else "",
        "export_url": reverse("tenant:plans-export", args=[tenant.slug]) + with_query(request, cursor=""),
    }
    return render(request, "tenant/plans.html#table" if request.htmx else "tenant/plans.html", context)


@require_safe
@tenant_view(Permission.SYNC_READ)
def plan_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Download the plans that the filters leave, as CSV."""
    found = find_own_plans(tenant, OwnPlanFilterForm(request.GET).wanted()).order_by(*PLAN_ORDER)
    lines = plan_lines(found, lambda text: discreet(text, tenant))
    return csv_response(f"{tenant.slug}-plans.csv", PLAN_COLUMNS, lines)


@require_safe
@tenant_view(Permission.SYNC_READ)
def plan_detail(request: Request, tenant: Tenant, plan_id: uuid.UUID) -> HttpResponseBase:
    """Show one plan, and its steps as they run."""
    view = view_of_plan(get_own_plan(tenant, plan_id), lambda text: discreet(text, tenant))
    context = {"tenant": tenant, "view": view}
    return render(request, "tenant/plan.html#plan" if request.htmx else "tenant/plan.html", context)
