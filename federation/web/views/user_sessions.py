"""Signing a user out, of one session or of all."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from federation.services.session_ends import end_session_of, sign_user_out
from identity.selectors import get_user
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_session_end(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """End the session that the form names."""
    get_user(tenant, user_id)
    try:
        session_id = uuid.UUID(request.POST.get("session", ""))
    except ValueError as error:
        raise ValidationFailed(_("Choose one of the sessions on the user's page.")) from error
    user = end_session_of(tenant, user_id, session_id, actor=request.actor)
    messages.success(request, _("A session of %(email)s is over.") % {"email": user})
    return redirect("tenant:user", tenant.slug, user_id)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_sign_out(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """End all sessions of a user."""
    user = sign_user_out(tenant, user_id, actor=request.actor)
    messages.success(request, _("%(email)s is signed out everywhere. Applying to Cognito…") % {"email": user})
    return redirect("tenant:user", tenant.slug, user_id)
