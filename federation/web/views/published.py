"""What a SAML identity provider publishes beside what is in use: looked at, and taken over by a person."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation.selectors.connections import get_connection
from federation.selectors.metadata_watch import watched
from federation.services.connection_values import take_published
from federation.web.stepper import WizardStep, step_url
from federation.web.views.common import connection_url, wizard_page
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_published(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show what is published, and what differs."""
    connection = get_connection(tenant, connection_id)
    watch = watched([connection]).get(connection.pk)
    if watch is None or watch.published is None:
        # It was taken over meanwhile, or the identity provider went back to what it was.
        return redirect(connection_url(connection, tenant))
    context = {
        "watch": watch,
        "understood": watch.published,
        "findings": watch.published.findings,
        "back_url": connection_url(connection, tenant),
    }
    return wizard_page(request, tenant, connection, WizardStep.VALUES, "values_published.html", context)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_published_take(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Take over what was looked at."""
    connection = get_connection(tenant, connection_id)
    try:
        take_published(tenant, connection_id, seen=request.POST.get("seen", ""), actor=request.actor)
    except (Conflict, ValidationFailed) as error:
        messages.error(request, error.message)
        return redirect(connection_url(connection, tenant))
    messages.success(request, _("Taken over. Check below whether we understood it."))
    return redirect(step_url(connection, tenant.slug, WizardStep.VALUES))
