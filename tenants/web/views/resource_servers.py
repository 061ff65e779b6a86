"""The operator's APIs: list, add, change, remove; and which of them an application calls."""

import uuid

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants import selectors
from tenants.errors import NotFound, ValidationFailed
from tenants.http import Request
from tenants.models import ResourceServer
from tenants.permissions import Permission
from tenants.services import resource_servers
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.resource_servers import ApplicationResourcesForm, ResourceServerForm
from tenants.web.views.applications import editable


@require_safe
@fleet_view(Permission.FLEET_APPLICATIONS_READ)
def api_list(request: Request) -> HttpResponse:
    """List the APIs; there are never many (`MOST_SERVERS`)."""
    context = {
        "servers": ResourceServer.objects.annotate(scope_count=Count("scopes")),
        "may_write": request.actor.allows(Permission.FLEET_APPLICATIONS_WRITE),
    }
    return render(request, "fleet/apis/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def api_add(request: Request) -> HttpResponse:
    """Add an API."""
    form = ResourceServerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            resource_servers.add_resource_server(form.settings(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("The API is added. Choose on an application's page whether it calls it."))
            return redirect("fleet:apis")
    return render(request, "fleet/apis/form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def api_edit(request: Request, api_id: uuid.UUID) -> HttpResponse:
    """Change an API's name and scopes."""
    server = _get(api_id)
    form = ResourceServerForm(request.POST or None, added=True, initial=ResourceServerForm.initial_of(server))
    if request.method == "POST" and form.is_valid():
        try:
            resource_servers.update_resource_server(api_id, form.settings(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. It holds for tokens from now on."))
            return redirect("fleet:apis")
    context = {"form": form, "server": server}
    return render(request, "fleet/apis/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def api_remove(request: Request, api_id: uuid.UUID) -> HttpResponse:
    """Remove an API, once its name was typed."""
    server, fault = _get(api_id), ""
    if request.method == "POST":
        typed = request.POST.get("confirm_name", "")
        try:
            resource_servers.remove_resource_server(api_id, confirm_name=typed, actor=request.actor)
        except ValidationFailed as error:
            fault = error.fields["confirm_name"]
        else:
            messages.success(request, _("The API is removed."))
            return redirect("fleet:apis")
    context = {"server": server, "fault": fault}
    return render(request, "fleet/apis/remove.html", context, status=422 if fault else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_apis(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Choose the APIs that an application calls."""
    application = editable(selectors.get_application(application_id))
    servers = ResourceServer.objects.prefetch_related("scopes")
    chosen = resource_servers.resources_of(application)
    form = ApplicationResourcesForm(request.POST or None, servers=servers, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            resource_servers.set_application_resources(application_id, form.chosen(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. It holds for tokens from now on."))
            return redirect("fleet:application", application_id=application_id)
    context = {"form": form, "application": application}
    return render(request, "fleet/applications/apis.html", context, status=422 if form.errors else 200)


def _get(api_id: uuid.UUID) -> ResourceServer:
    server = ResourceServer.objects.filter(pk=api_id).first()
    if server is None:
        raise NotFound
    return server
