"""A tenant's page "Sync": how far Cognito has followed, asking for it, and seeing what it would do."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.selectors import discreet
from identity.selectors.own import own_resources
from identity.selectors.plans import PLAN_ORDER, PlanFilter, find_own_plans, get_own_plan, plan_rows
from identity.services.sync_runs import request_own_sync, show_own_plan
from identity.sync.views import summarise
from identity.web.plan_pages import chosen_plans, own_tabs, view_of_plan
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view

_LAST = 5


@require_safe
@tenant_view(Permission.SYNC_READ)
def sync_page(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show each resource: its state and settings, what is being done or wrong, and what to do; and the last plans."""
    resources = own_resources(tenant)
    sync = summarise(resources)
    plans = find_own_plans(tenant, PlanFilter()).order_by(*PLAN_ORDER)[:_LAST]
    context = {
        "tenant": tenant,
        "tabs": own_tabs(tenant, "tenant:sync"),
        "resources": resources,
        "sync": sync,
        "moving": not sync.is_settled,
        "plans": plan_rows(list(plans)),
        "may_run": request.actor.allows(Permission.SYNC_RUN),
    }
    return render(request, "tenant/sync.html#state" if request.htmx else "tenant/sync.html", context)


@require_POST
@tenant_view(Permission.SYNC_RUN)
def sync_run(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Compare with Cognito now, and put right what differs."""
    request_own_sync(tenant, actor=request.actor)
    messages.success(request, _("Comparing with Cognito…"))
    return redirect("tenant:sync", slug=tenant.slug)


@require_POST
@tenant_view(Permission.SYNC_RUN)
def sync_look(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Ask what a sync would do."""
    plans = show_own_plan(tenant, actor=request.actor)
    query = urlencode({"plan": [str(plan.pk) for plan in plans]}, doseq=True)
    return redirect(f"{reverse('tenant:sync-preview', args=[tenant.slug])}?{query}")


@require_safe
@tenant_view(Permission.SYNC_READ)
def sync_preview(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show what a sync would do, once a worker has looked."""
    chosen = chosen_plans(request)
    if not chosen:
        return redirect("tenant:sync", slug=tenant.slug)
    views = [view_of_plan(get_own_plan(tenant, plan_id), lambda text: discreet(text, tenant)) for plan_id in chosen]
    context = {
        "tenant": tenant,
        "views": views,
        "moving": any(view.moving for view in views),
        "here": request.get_full_path(),
        "may_run": request.actor.allows(Permission.SYNC_RUN),
    }
    return render(request, "tenant/sync_preview.html#plans" if request.htmx else "tenant/sync_preview.html", context)
