"""Taking a connection out of use, into use again, and deleting it."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from federation.models import Connection
from federation.selectors.connection_sessions import is_signed_in_by, signed_in_by
from federation.selectors.connections import get_connection
from federation.selectors.domain_rules import domains_leading_to
from federation.services import connection_states
from federation.web.views.common import connection_url
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def connection_disable(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Let nobody sign in by it any more, once it was said whom that signs out."""
    if request.method != "POST":
        connection = get_connection(tenant, connection_id)
        return render(request, "tenant/connections/disable.html", _leaving(request, tenant, connection))
    connection = connection_states.disable(tenant, connection_id, actor=request.actor)
    messages.success(request, _("Disabled. Nobody can sign in by it any more, and who had is signed out."))
    return redirect(connection_url(connection, tenant))


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_enable(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Let people sign in by it again."""
    connection = connection_states.enable(tenant, connection_id, actor=request.actor)
    messages.success(request, _("Enabled. Applying to Cognito…"))
    return redirect(connection_url(connection, tenant))


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def connection_delete(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Delete a connection, once its name has been typed."""
    connection = get_connection(tenant, connection_id)
    context = {**_leaving(request, tenant, connection), "domains": domains_leading_to(connection)}
    if request.method != "POST":
        return render(request, "tenant/connections/delete.html", context)
    typed = request.POST.get("confirm_name", "")
    try:
        connection_states.delete_connection(tenant, connection_id, confirm_name=typed, actor=request.actor)
    except ValidationFailed as error:
        context["error"] = error.message
        return render(request, "tenant/connections/delete.html", context, status=error.status)
    messages.success(request, _("The connection %(name)s is deleted.") % {"name": connection.name})
    return redirect(reverse("tenant:connections", args=[tenant.slug]))


def _leaving(request: Request, tenant: Tenant, connection: Connection) -> dict[str, object]:
    """Whom it concerns that a connection goes out of use."""
    return {
        "tenant": tenant,
        "connection": connection,
        "url": connection_url(connection, tenant),
        "signed_in": signed_in_by(connection),
        "is_me": is_signed_in_by(connection, getattr(request.user, "subject", None)),
    }
