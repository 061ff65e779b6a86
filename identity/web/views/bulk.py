"""Changing the users that were selected in the list."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from identity.selectors import UserFilter, find_users
from identity.services.bulk import BulkResult, delete_users, disable_users, enable_users
from identity.web.user_rows import list_url
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view

_SHOWN = 3


@tenant_view(Permission.USERS_WRITE)
@require_POST
def bulk_disable(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Disable the selected users."""
    return _finish(request, tenant, disable_users(tenant, _selected(request), actor=request.actor))


@tenant_view(Permission.USERS_WRITE)
@require_POST
def bulk_enable(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Enable the selected users."""
    return _finish(request, tenant, enable_users(tenant, _selected(request), actor=request.actor))


@tenant_view(Permission.USERS_WRITE)
@require_POST
def bulk_delete(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Delete the selected users, after their number has been typed."""
    selected = _selected(request)
    people = list(find_users(tenant, UserFilter()).filter(pk__in=selected).order_by("email"))
    phrase = _("delete %(count)d") % {"count": len(people)}
    typed = request.POST.get("confirm_name")
    if people and typed is not None and typed.strip() == phrase:
        return _finish(request, tenant, delete_users(tenant, [user.pk for user in people], actor=request.actor))
    if not people:
        raise ValidationFailed(_("Select at least one user first."))
    context = {
        "tenant": tenant,
        "people": people,
        "phrase": phrase,
        "list_url": list_url(tenant),
        "error": "" if typed is None else _("This is not the text that was asked for."),
    }
    return render(request, "tenant/users_delete.html", context, status=200 if typed is None else 422)


def _selected(request: Request) -> list[uuid.UUID]:
    """The ids that were ticked.

    Raises:
        ValidationFailed: none was, or something that is no id was sent.
    """
    try:
        selected = [uuid.UUID(value) for value in request.POST.getlist("user")]
    except ValueError as error:
        raise ValidationFailed(_("The selection cannot be read. Reload the list.")) from error
    if not selected:
        raise ValidationFailed(_("Select at least one user first."))
    return selected


def _finish(request: Request, tenant: Tenant, result: BulkResult) -> HttpResponseBase:
    if result.done:
        count = len(result.done)
        said = ngettext("%(count)d user changed.", "%(count)d users changed.", count) % {"count": count}
        messages.success(request, f"{said} {_('Applying to Cognito…')}")
    for reason in result.refused[:_SHOWN]:
        messages.error(request, reason)
    if len(result.refused) > _SHOWN:
        messages.error(request, _("%(count)d more were refused.") % {"count": len(result.refused) - _SHOWN})
    return redirect(list_url(tenant))
