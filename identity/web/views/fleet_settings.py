"""What holds for the whole fleet."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.web.sync_forms import FleetSettingsForm
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import FleetSettings
from tenants.permissions import Permission
from tenants.services.fleet_settings import update_fleet_settings
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults

_REFUSED = 422


@require_safe
@fleet_view(Permission.FLEET_SETTINGS_READ)
def settings_page(request: Request) -> HttpResponse:
    """Show the settings, and the form to change them where the person may."""
    return _page(request, FleetSettingsForm(saved=FleetSettings.current()))


@require_POST
@fleet_view(Permission.FLEET_SETTINGS_WRITE)
def settings_save(request: Request) -> HttpResponse:
    """Change the settings."""
    form = FleetSettingsForm(request.POST, saved=FleetSettings.current())
    if form.is_valid():
        try:
            update_fleet_settings(form.change(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. It holds from the next comparison of each tenant on."))
            return redirect("fleet:settings")
    return _page(request, form, status=_REFUSED)


def _page(request: Request, form: FleetSettingsForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "may_write": request.actor.allows(Permission.FLEET_SETTINGS_WRITE)}
    return render(request, "fleet/settings.html", context, status=status)
