"""Cells, and the user pools in them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.permissions import Permission
from tenants.services.cells import add_cell
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.cells import CellForm


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_CELLS_WRITE)
def cell_add(request: Request) -> HttpResponse:
    """Add a cell."""
    form = CellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cell = add_cell(form.settings(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(
                request, _("The cell %(name)s is added. Tenants can be placed in it.") % {"name": cell.name}
            )
            return redirect("fleet:cells")
    return render(request, "fleet/cells/form.html", {"form": form}, status=422 if form.errors else 200)
