"""The fleet's plans: what each sync set out to do, what came of it, and what one would do now."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from identity.selectors.plans import PLAN_ORDER, find_plans, get_plan, plan_rows
from identity.services.sync_runs import show_plan, show_tenant_plan
from identity.web.plan_pages import PLAN_COLUMNS, chosen_plans, fleet_tabs, plan_lines, view_of_plan
from identity.web.sync_forms import PlanFilterForm
from tenants.http import Request
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def plan_list(request: Request) -> HttpResponse:
    """List plans, newest first."""
    form = PlanFilterForm(request.GET)
    found = find_plans(form.wanted())
    page = keyset_page(found, order=PLAN_ORDER, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    rows = plan_rows(page.rows)
    context = {
        "tabs": fleet_tabs("fleet:plans"),
        "form": form,
        "rows": rows,
        "history_of": rows[0] if rows and form.wanted().key else None,
        "pager": pager(request, page),
        "clear_url": reverse("fleet:plans") if form.chosen() else "",
        "export_url": f"{reverse('fleet:plans-export')}{with_query(request, cursor='')}",
    }
    return render(request, "fleet/plans.html#table" if request.htmx else "fleet/plans.html", context)


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def plan_export(request: Request) -> HttpResponseBase:
    """Download the plans that the filters leave, as CSV."""
    found = find_plans(PlanFilterForm(request.GET).wanted()).order_by(*PLAN_ORDER)
    return csv_response("plans.csv", PLAN_COLUMNS, plan_lines(found))


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def plan_detail(request: Request, plan_id: uuid.UUID) -> HttpResponse:
    """Show one plan, and its steps as they run."""
    context = {
        "view": view_of_plan(get_plan(plan_id)),
        "may_run": request.actor.allows(Permission.FLEET_SYNC_RUN),
    }
    return render(request, "fleet/plan.html#plan" if request.htmx else "fleet/plan.html", context)


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def plan_look(request: Request, kind: str, key: uuid.UUID) -> HttpResponse:
    """Ask what a sync of one thing would do."""
    return redirect("fleet:plan", plan_id=show_plan(kind, key, actor=request.actor).pk)


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def tenant_look(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Ask what a sync of a tenant and its pool would do."""
    plans = show_tenant_plan(tenant_id, actor=request.actor)
    query = urlencode({"plan": [str(plan.pk) for plan in plans]}, doseq=True)
    return redirect(f"{reverse('fleet:plan-preview')}?{query}")


@require_safe
@fleet_view(Permission.FLEET_SYNC_READ)
def plan_preview(request: Request) -> HttpResponse:
    """Show what a sync of a tenant and its pool would do, once a worker has looked."""
    chosen = chosen_plans(request)
    if not chosen:
        return redirect("fleet:plans")
    views = [view_of_plan(get_plan(plan_id)) for plan_id in chosen]
    context = {"views": views, "moving": any(view.moving for view in views), "here": request.get_full_path()}
    return render(request, "fleet/plan_preview.html#plans" if request.htmx else "fleet/plan_preview.html", context)
