"""The log of a connection: who came by it, who did not, and why."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from federation.connections.sign_in_words import explained
from federation.selectors.connections import get_connection
from federation.selectors.sign_in_log import sign_ins_of
from federation.web.forms.sign_ins import SignInFilterForm
from federation.web.views.common import connection_url, guide_of
from tenants.http import Request
from tenants.models import FleetSettings, Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.tables import CURSOR, PAGE_SIZE, pager


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_sign_ins(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show the sign-ins by a connection, the newest first, with the cause and the next step of what failed."""
    connection = get_connection(tenant, connection_id)
    form = SignInFilterForm(request.GET)
    rows = sign_ins_of(connection, outcome=form.wanted())
    page = keyset_page(rows, order=("-started_at", "-pk"), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    guide = guide_of(connection)
    context = {
        "tenant": tenant,
        "connection": connection,
        "connection_url": connection_url(connection, tenant),
        "filters": form,
        "clear_url": request.path if form.wanted() else "",
        "days_kept": FleetSettings.current().sign_in_days,
        "lines": [explained(row, guide) for row in page.rows],
        "pager": pager(request, page),
    }
    template = "tenant/connections/sign_ins.html"
    return render(request, f"{template}#results" if request.htmx else template, context)
