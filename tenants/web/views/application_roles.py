"""The roles of an application: add, change, remove. They are listed on its page."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants import selectors
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import ApplicationRole
from tenants.permissions import Permission
from tenants.services import application_roles
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.application_roles import ApplicationRoleForm
from tenants.web.views.applications import editable


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def role_add(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Add a role."""
    return _form(request, application_id, None)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def role_edit(request: Request, application_id: uuid.UUID, role_id: uuid.UUID) -> HttpResponse:
    """Change a role."""
    application = selectors.get_application(application_id)
    return _form(request, application_id, application_roles.get_application_role(application, role_id))


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def role_remove(request: Request, application_id: uuid.UUID, role_id: uuid.UUID) -> HttpResponse:
    """Remove a role, after asking."""
    application = selectors.get_application(application_id)
    role = application_roles.get_application_role(application, role_id)
    if request.method != "POST":
        is_last = not ApplicationRole.objects.filter(application=application).exclude(pk=role_id).exists()
        context = {"application": application, "role": role, "is_last": is_last}
        return render(request, "fleet/applications/role_remove.html", context)
    application_roles.remove_application_role(application_id, role_id, actor=request.actor)
    messages.success(request, _("The role is removed. It is in no token from now on."))
    return redirect("fleet:application", application_id=application_id)


def _form(request: Request, application_id: uuid.UUID, role: ApplicationRole | None) -> HttpResponse:
    application = editable(selectors.get_application(application_id))
    form = ApplicationRoleForm(request.POST or None, initial=ApplicationRoleForm.initial_of(role) if role else None)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, application_id, role, form)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. It holds for tokens from now on."))
            return redirect("fleet:application", application_id=application_id)
    context = {
        "form": form,
        "application": application,
        "role": role,
        "is_first": role is None and not ApplicationRole.objects.filter(application=application).exists(),
    }
    return render(request, "fleet/applications/role.html", context, status=422 if form.errors else 200)


def _save(request: Request, application_id: uuid.UUID, role: ApplicationRole | None, form: ApplicationRoleForm) -> None:
    settings, actor = form.settings(), request.actor
    if role is None:
        application_roles.add_application_role(application_id, settings, actor=actor)
    else:
        application_roles.update_application_role(application_id, role.pk, settings, actor=actor)
