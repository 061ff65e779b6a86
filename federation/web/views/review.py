"""The last step: everything in one page, and putting the connection to use."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation.models import Connection
from federation.selectors.connections import get_connection
from federation.services.connection_states import activate
from federation.web.connection_view import described, lacking, mapped
from federation.web.forms.activation import ReasonForm
from federation.web.stepper import WizardStep, step_url
from federation.web.views.common import REFUSED, connection_url, guide_of, wizard_page
from tenants.addresses import sign_in_page
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_review(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show what was entered, and what is still missing."""
    return _page(request, tenant, get_connection(tenant, connection_id), ReasonForm())


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_activate(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Let people sign in by it; without a passing test a reason is needed."""
    connection = get_connection(tenant, connection_id)
    form = ReasonForm(request.POST)
    # After a passing test there is nothing to give a reason for.
    form.fields["reason"].required = not connection.is_tested
    if form.is_valid():
        try:
            activate(tenant, connection_id, reason=form.cleaned_data["reason"], actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Activated. Applying to Cognito…"))
            return redirect(connection_url(connection, tenant))
    return _page(request, tenant, connection, form, status=REFUSED)


def _page(
    request: Request, tenant: Tenant, connection: Connection, form: ReasonForm, *, status: int = 200
) -> HttpResponseBase:
    guide = guide_of(connection)
    context = {
        "form": form,
        "guide": guide,
        "described": described(connection.settings, has_secret=connection.current.has_secret),
        "mapped": mapped(connection.mapping),
        "lacking": lacking(connection),
        "step_urls": {step.value: step_url(connection, tenant.slug, step) for step in WizardStep},
        "sign_in_url": sign_in_page(tenant.slug),
    }
    return wizard_page(request, tenant, connection, WizardStep.REVIEW, "review.html", context, status=status)
