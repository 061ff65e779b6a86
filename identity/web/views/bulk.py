"""Changing the users that were selected in the list: those ticked, or all that its filters leave."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from identity.models import BulkKind
from identity.selectors import UserFilter, find_users
from identity.services.bulk import BulkResult, change_users
from identity.services.bulk_jobs import prepare_job_for
from identity.web.forms import UserFilterForm
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
    return _change(request, tenant, BulkKind.DISABLE)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def bulk_enable(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Enable the selected users."""
    return _change(request, tenant, BulkKind.ENABLE)


@tenant_view(Permission.USERS_WRITE)
@require_POST
def bulk_delete(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show who would be deleted; the page asks for their number before anything is done."""
    return _look_over(request, tenant, BulkKind.DELETE)


def _change(request: Request, tenant: Tenant, kind: BulkKind) -> HttpResponseBase:
    if request.POST.get("all"):
        return _look_over(request, tenant, kind)
    return _finish(request, tenant, change_users(tenant, kind, _selected(request), actor=request.actor))


def _look_over(request: Request, tenant: Tenant, kind: BulkKind) -> HttpResponseBase:
    """Prepare a job, and go to its page, which says what it would do."""
    if request.POST.get("all"):
        users = find_users(tenant, UserFilterForm(QueryDict(request.POST.get("query", ""))).wanted())
    else:
        users = find_users(tenant, UserFilter()).filter(pk__in=_selected(request))
    job = prepare_job_for(tenant, kind, users, actor=request.actor)
    return redirect("tenant:bulk-job", tenant.slug, job.pk)


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
