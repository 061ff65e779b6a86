"""An application's native mode: its settings, and its app client in each tenant's pool."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.amplify import FILE_NAME, amplify_outputs
from identity.selectors.native import native_client, native_clients, native_settings
from identity.services.native_secret import show_native_secret
from tenants import selectors
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Application, NativeMode
from tenants.permissions import Permission
from tenants.services.native import set_native_mode
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.native import NativeForm


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_native(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Show and change how an application's app clients in Cognito are set."""
    application = _editable(application_id)
    form = NativeForm(request.POST or None, initial=NativeForm.initial_of(application))
    if request.method == "POST" and form.is_valid():
        try:
            set_native_mode(application_id, form.options(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Applying to Cognito…"))
            return redirect("fleet:application-native", application_id=application_id)
    context = {
        "application": application,
        "form": form,
        "is_on": NativeMode.objects.filter(application=application).exists(),
        "clients": native_clients(application),
        "find_url": settings.SIGNIN_URL + reverse("find-organisation", "config.urls.signin", [application.client_id]),
    }
    return render(request, "fleet/applications/native.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_native_off(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Take an application's app clients away, after asking."""
    if request.method != "POST":
        return render(request, "fleet/applications/native_off.html", {"application": _editable(application_id)})
    application = set_native_mode(application_id, None, actor=request.actor)
    messages.success(request, _("Native mode is off. The app clients are being deleted."))
    return redirect("fleet:application", application_id=application.pk)


@require_POST
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_native_secret(request: Request, application_id: uuid.UUID, tenant_id: uuid.UUID) -> HttpResponse:
    """Show the client secret for one tenant; that it was looked at is in the audit log."""
    application = _editable(application_id)
    client = native_client(application, tenant_id)
    secret = show_native_secret(application, client, actor=request.actor)
    context = {"application": application, "client": client, "secret": secret}
    return render(request, "fleet/applications/native_secret.html", context)


@require_safe
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_native_amplify(request: Request, application_id: uuid.UUID, tenant_id: uuid.UUID) -> HttpResponse:
    """Download what AWS's Amplify libraries are told of an application's app client for one tenant; nothing secret."""
    application = _editable(application_id)
    outputs = amplify_outputs(native_client(application, tenant_id), native_settings(application))
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return JsonResponse(outputs, json_dumps_params={"indent": 2}, headers=headers)


def _editable(application_id: uuid.UUID) -> Application:
    application = selectors.get_application(application_id)
    if application.is_builtin:
        raise Conflict(_("This is the dashboard itself. It is set up by the product and cannot be changed."))
    return application
