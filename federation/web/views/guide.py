"""The first step: what to do at the identity provider, beside our values; and our metadata as a file."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation.models import ConnectionKind
from federation.selectors.connections import get_connection
from federation.selectors.service_provider import our_keys, own_metadata
from federation.web.guide_view import attributes_of, guide_steps, our_rows
from federation.web.our_side import our_side
from federation.web.stepper import WizardStep, furthest, step_url
from federation.web.switches_view import SIGNING, certificate_views
from federation.web.views.common import advance, guide_of, wizard_page
from tenants.errors import Conflict, NotFound
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_continue(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Go to the step that the wizard was left at."""
    connection = get_connection(tenant, connection_id)
    return redirect(step_url(connection, tenant.slug, furthest(connection)))


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_guide(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show the guide. While our values are not known, the page asks for them, and loads itself again then."""
    connection = get_connection(tenant, connection_id)
    guide = guide_of(connection)
    if guide is None:
        return redirect(step_url(connection, tenant.slug, WizardStep.VALUES))
    certificates = certificate_views(connection, our_keys(connection), tenant.slug)
    ours = our_side(tenant, connection, certificates)
    if request.htmx:
        headers = {"HX-Refresh": "true"} if ours.provider.ready else {}
        return HttpResponse(status=204, headers=headers)
    context = {
        "guide": guide,
        "guide_steps": guide_steps(guide, ours),
        "attributes": attributes_of(guide),
        # Where no step is about them, they are the last one.
        "attributes_apart": not any(step.attributes for step in guide.steps),
        "ours": ours.provider,
        "our_values": our_rows(guide, ours),
        "metadata_file_url": ours.metadata_file_url,
        "signing": certificates.get(SIGNING),
    }
    return wizard_page(request, tenant, connection, WizardStep.GUIDE, "guide.html", context)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_guide_done(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Go on to the values, and remember that."""
    connection = get_connection(tenant, connection_id)
    advance(tenant, connection, WizardStep.VALUES)
    return redirect(step_url(connection, tenant.slug, WizardStep.VALUES))


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_metadata(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Download our metadata for this connection's identity provider."""
    connection = get_connection(tenant, connection_id)
    if connection.kind != ConnectionKind.SAML:
        raise NotFound
    document = own_metadata(connection)
    if document is None:
        raise Conflict(_("Your user pool or its sign-in address is not in Cognito yet. Try again in a minute."))
    name = f"{slugify(tenant.slug)}-service-provider.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(document, content_type="application/samlmetadata+xml", headers=headers)
