"""The operator's first page: how much there is, how sync stands, and what needs somebody."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.selectors.fleet import fleet_sync, troubles
from identity.sync.selectors import worker_last_seen
from tenants import selectors
from tenants.http import Request
from tenants.permissions import Permission
from tenants.selectors import FleetAuditFilter
from tenants.web.access import fleet_view

# The heartbeat comes every 15 seconds (config.celery); three of them missed is a worker that does not work.
WORKER_MISSED_AFTER = timedelta(seconds=60)
SHOWN = 8


@require_safe
@fleet_view(Permission.FLEET_READ)
def overview(request: Request) -> HttpResponse:
    """Show the fleet at a glance."""
    seen = worker_last_seen()
    context = {
        "counts": selectors.fleet_counts(),
        "sync": fleet_sync(),
        "troubles": troubles(SHOWN),
        "worker_seen": seen,
        "worker_missed": seen is None or timezone.now() - seen > WORKER_MISSED_AFTER,
        "events": list(selectors.fleet_events(FleetAuditFilter()).order_by("-sequence")[:SHOWN])
        if request.actor.allows(Permission.FLEET_AUDIT_READ)
        else [],
        "may_onboard": request.actor.allows(Permission.FLEET_ONBOARD),
        "may_add_cell": request.actor.allows(Permission.FLEET_CELLS_WRITE),
        "may_register": request.actor.allows(Permission.FLEET_APPLICATIONS_WRITE),
    }
    return render(request, "fleet/overview.html", context)
