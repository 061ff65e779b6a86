"""One user pool, as the operator sees it: its resources, its last plans, and what in it is not ours."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.selectors.drift import described, find_of_pool, unmanaged_in
from identity.selectors.plans import PLAN_ORDER, PlanFilter, find_plans, plan_rows
from identity.services.pool_settings import may_renew_domain
from identity.sync.selectors import resources_for_pool
from identity.sync.views import summarise
from tenants.http import Request
from tenants.models import SyncKind, Tenant
from tenants.permissions import Permission
from tenants.selectors import get_pool
from tenants.services.placement import TENANTS_PER_SHARED_POOL
from tenants.web.access import fleet_view

_LAST = 5
_TENANTS = 10


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def pool_detail(request: Request, pool_id: uuid.UUID) -> HttpResponse:
    """Show one pool."""
    pool = get_pool(pool_id)
    resources = resources_for_pool(pool)
    sync = summarise(resources)
    plans = find_plans(PlanFilter(kind=SyncKind.POOL, key=str(pool.pk))).order_by(*PLAN_ORDER)[:_LAST]
    context = {
        "pool": pool,
        "resources": resources,
        "sync": sync,
        "moving": not sync.is_settled,
        "plans": plan_rows(list(plans)),
        "drifted": described(list(find_of_pool(pool))),
        "unmanaged": unmanaged_in(pool),
        "tenant_count": Tenant.objects.filter(pool=pool).count(),
        "capacity": TENANTS_PER_SHARED_POOL if pool.is_shared else 1,
        "tenants": pool.tenants.order_by("name")[:_TENANTS],
        "may_renew_prefix": request.actor.allows(Permission.FLEET_POOLS_WRITE) and may_renew_domain(pool),
        "may_run": request.actor.allows(Permission.FLEET_SYNC_RUN),
        "may_decide": request.actor.allows(Permission.FLEET_SYNC_WRITE),
    }
    return render(request, "fleet/cells/pool.html#state" if request.htmx else "fleet/cells/pool.html", context)
