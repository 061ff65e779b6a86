"""Inviting one person, or several."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity.services.bulk import invite_users
from identity.services.invitations import invite_user
from identity.web.forms import InviteForm, InviteManyForm
from identity.web.user_rows import list_url
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults

_REFUSED = 422


@tenant_view(Permission.USERS_WRITE)
def user_invite(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Invite one person by e-mail."""
    form = InviteForm(request.POST or None, may_grant=request.actor.allows(Permission.ROLES_WRITE))
    if request.method == "POST" and form.is_valid():
        try:
            user = invite_user(tenant, **{"role": "", **form.cleaned_data}, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": user.email})
            return redirect(list_url(tenant))
    context = {"tenant": tenant, "form": form, "list_url": list_url(tenant)}
    return render(request, "tenant/user_invite.html", context, status=_REFUSED if form.errors else 200)


@tenant_view(Permission.USERS_WRITE)
def user_invite_many(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Invite several people, a line each; who cannot be invited is named, with the reason."""
    form = InviteManyForm(request.POST or None)
    context: dict[str, object] = {"tenant": tenant, "form": form, "list_url": list_url(tenant)}
    if request.method == "POST" and form.is_valid():
        try:
            result = invite_users(tenant, form.cleaned_data["people"], actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            if result.done:
                count = len(result.done)
                said = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", count)
                messages.success(request, said % {"count": count})
            if not result.refused:
                return redirect(list_url(tenant))
            context["refused"] = result.refused
    return render(request, "tenant/user_invite_many.html", context, status=_REFUSED if form.errors else 200)
