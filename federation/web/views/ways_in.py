"""What can be done to a user's ways in by connections."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation.services.unlinking import allow_again, disconnect_user
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_disconnect(request: Request, tenant: Tenant, user_id: uuid.UUID, connection_id: uuid.UUID) -> HttpResponseBase:
    """Take a connection away from a user."""
    user = disconnect_user(tenant, user_id, connection_id, actor=request.actor)
    messages.success(request, _("%(email)s is disconnected and signed out. Applying to Cognito…") % {"email": user})
    return redirect("tenant:user", tenant.slug, user_id)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_allow_again(
    request: Request, tenant: Tenant, user_id: uuid.UUID, connection_id: uuid.UUID
) -> HttpResponseBase:
    """Let the connection's rule decide again."""
    user = allow_again(tenant, user_id, connection_id, actor=request.actor)
    messages.success(
        request, _("At the next sign-in the rule of the connection decides about %(email)s.") % {"email": user}
    )
    return redirect("tenant:user", tenant.slug, user_id)
