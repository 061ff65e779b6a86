"""What Cognito can do besides for a connection, what is offered instead, and its certificates as files."""

import ssl
import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation.connections.settings import SamlSettings
from federation.models import Connection
from federation.selectors.connections import get_connection
from federation.selectors.service_provider import our_keys
from federation.services.connection_switches import Switches, save_switches
from federation.services.connection_values import configuring_refused
from federation.web.forms.switches import SwitchesForm
from federation.web.guide_view import switch_hints
from federation.web.our_side import our_side
from federation.web.switches_view import ENCRYPTION, FORMS, SIGNING, bookmarks_of, certificate_views
from federation.web.views.common import REFUSED, connection_url, guide_of, name_of
from tenants.errors import NotFound, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_switches(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show the switches with what each does and costs."""
    connection = get_connection(tenant, connection_id)
    settings = connection.settings
    initial = vars(Switches.of(settings)) if isinstance(settings, SamlSettings) else {}
    return _page(request, tenant, connection, SwitchesForm(initial=initial))


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_switches_save(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Set all switches."""
    connection = get_connection(tenant, connection_id)
    form = SwitchesForm(request.POST)
    if form.is_valid():
        try:
            saved = save_switches(tenant, connection_id, form.switches(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Applying to Cognito…") if saved.is_in_cognito else _("Saved."))
            return redirect(reverse("tenant:connection-switches", args=[tenant.slug, connection_id]))
    return _page(request, tenant, connection, form, status=REFUSED)


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_certificate(request: Request, tenant: Tenant, connection_id: uuid.UUID, file: str) -> HttpResponseBase:
    """Download a certificate of Cognito's, such as `signing.pem`."""
    connection = get_connection(tenant, connection_id)
    keys = our_keys(connection)
    use, _dot, form = file.partition(".")
    found = {SIGNING: keys.signing, ENCRYPTION: keys.encryption}.get(use)
    if found is None or form not in FORMS:
        raise NotFound
    content = found.pem.encode() if form == "pem" else ssl.PEM_cert_to_DER_cert(found.pem)
    # RFC 8555 section 9.1 registers the one, RFC 2585 section 4.1 the other.
    kind = "application/pem-certificate-chain" if form == "pem" else "application/pkix-cert"
    name = f"{connection.provider_name}-{use}.{form}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(
    request: Request, tenant: Tenant, connection: Connection, form: SwitchesForm, *, status: int = 200
) -> HttpResponseBase:
    settings = connection.settings
    certificates = certificate_views(connection, our_keys(connection), tenant.slug)
    ours = our_side(tenant, connection, certificates)
    may_write = request.actor.allows(Permission.CONNECTIONS_WRITE)
    locked = configuring_refused(connection, actor=request.actor) if may_write else ""
    if not may_write or locked:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "tenant": tenant,
        "connection": connection,
        "guide_name": name_of(connection),
        "form": form,
        "now": Switches.of(settings) if isinstance(settings, SamlSettings) else None,
        "can_sign_out_there": isinstance(settings, SamlSettings) and bool(settings.slo_url),
        "certificates": certificates,
        "hints": switch_hints(guide_of(connection), ours),
        "logout_url": ours.provider.logout_url,
        "bookmarks": bookmarks_of(connection, tenant),
        "may_write": may_write and not locked,
        "locked": locked,
        "url": connection_url(connection, tenant),
    }
    return render(request, "tenant/connections/switches.html", context, status=status)
