"""What can be done to one user. Each is a POST; what cannot be undone has a page of its own that asks first."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.models import DirectoryUser
from identity.selectors import get_user
from identity.services.invitations import resend_invitation, revoke_invitation
from identity.services.temporary_password import set_temporary_password
from identity.services.users import delete_user, disable_user, enable_user, reset_user_mfa, set_user_role
from identity.web.forms import RoleForm
from identity.web.user_rows import list_url
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view

_ask = require_http_methods(["GET", "HEAD", "POST"])


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_resend(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Send a new invitation; the old link stops working."""
    invitation = resend_invitation(tenant, user_id, actor=request.actor)
    return _done(request, tenant, _("A new invitation is on its way to %(email)s.") % {"email": invitation.email})


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_revoke(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Make the link of an invitation stop working."""
    revoke_invitation(tenant, user_id, actor=request.actor)
    return _done(request, tenant, _("The invitation no longer works."))


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_disable(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Stop a user from signing in."""
    user = disable_user(tenant, user_id, actor=request.actor)
    return _done(request, tenant, _("%(email)s is disabled. Applying to Cognito…") % {"email": user})


@tenant_view(Permission.USERS_WRITE)
@require_POST
def user_enable(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Let a disabled user in again."""
    user = enable_user(tenant, user_id, actor=request.actor)
    return _done(request, tenant, _("%(email)s is enabled. Applying to Cognito…") % {"email": user})


@tenant_view(Permission.USERS_WRITE)
@_ask
def user_reset_mfa(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Take a user's second factor away, after asking."""
    user = get_user(tenant, user_id)
    if request.method == "POST":
        reset_user_mfa(tenant, user_id, actor=request.actor)
        messages.success(request, _("Saved. Applying to Cognito…"))
        return redirect(_detail_url(user))
    return render(request, "tenant/user_reset_mfa.html", {"tenant": tenant, "person": user, "url": _detail_url(user)})


@tenant_view(Permission.USERS_WRITE)
@_ask
def user_temporary_password(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Set a generated password, after asking, and show it this once."""
    user = get_user(tenant, user_id)
    context: dict[str, object] = {"tenant": tenant, "person": user, "url": _detail_url(user)}
    if request.method == "POST":
        context["password"] = set_temporary_password(tenant, user_id, actor=request.actor)
    return render(request, "tenant/user_temporary_password.html", context)


@tenant_view(Permission.USERS_WRITE)
@_ask
def user_delete(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Delete a user, once their e-mail address has been typed."""
    user = get_user(tenant, user_id)
    context: dict[str, object] = {"tenant": tenant, "person": user, "url": _detail_url(user)}
    if request.method != "POST":
        return render(request, "tenant/user_delete.html", context)
    try:
        delete_user(tenant, user_id, confirm_email=request.POST.get("confirm_name", ""), actor=request.actor)
    except ValidationFailed as error:
        return render(request, "tenant/user_delete.html", {**context, "error": error.message}, status=error.status)
    messages.success(request, _("%(email)s is deleted. Applying to Cognito…") % {"email": user})
    return redirect(list_url(tenant))


@tenant_view(Permission.ROLES_WRITE)
@require_POST
def user_role(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """Give a user another role."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise ValidationFailed(_("There is no such role."))
    user = set_user_role(tenant, user_id, role=form.cleaned_data["role"], actor=request.actor)
    role = user.get_role_display() or _("no role")
    return _done(request, tenant, _("%(email)s now has: %(role)s.") % {"email": user, "role": role})


def _detail_url(user: DirectoryUser) -> str:
    return reverse("tenant:user", args=[user.tenant.slug, user.pk])


def _done(request: Request, tenant: Tenant, message: str) -> HttpResponseBase:
    """Say what was done, and go back to the page that it was asked for on."""
    messages.success(request, message)
    back = request.GET.get("next", "")
    # A path alone: the host is ours, whatever the link says.
    inside = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if inside else list_url(tenant))
