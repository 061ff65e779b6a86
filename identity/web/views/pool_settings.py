"""What an operator sets on a user pool."""

import uuid
from dataclasses import dataclass, field
from functools import partial

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.services.pool_settings import (
    NotConfirmed,
    change_pool_settings,
    context_of,
    renew_domain_prefix,
)
from identity.web.consequences import fingerprint, make_change
from identity.web.pool_form import PoolSettingsForm
from identity.web.pool_sections import SECTIONS, Section
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.message_function import message_function
from tenants.models import UserPool
from tenants.models.pool_settings import options_of
from tenants.permissions import Permission
from tenants.selectors import get_pool
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults

_REFUSED = 422
# Where the form shows what is wrong with an option that is not one field of it.
_SHOWN_AT = {"custom_attributes": "attribute_name"}


@dataclass(frozen=True)
class ShownSection:
    """A section with its fields, and what of it the pool's endpoint does not offer."""

    section: Section
    fields: list[BoundField]
    folded: list[BoundField]
    unsupported: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Say whether something stands in the fields that are folded otherwise."""
        return any(each.errors or each.value() for each in self.folded)


@require_safe
@fleet_view(Permission.FLEET_CELLS_READ)
def pool_settings(request: Request, pool_id: uuid.UUID) -> HttpResponseBase:
    """Show what is set on a pool, and the form to change it where the person may."""
    pool = get_pool(pool_id)
    return _page(request, pool, _form(pool))


@require_POST
@fleet_view(Permission.FLEET_POOLS_WRITE)
def pool_settings_save(request: Request, pool_id: uuid.UUID) -> HttpResponseBase:
    """Change what is set on a pool; a change with consequences is asked for twice."""
    pool = get_pool(pool_id)
    form = _form(pool, request)
    if not form.is_valid():
        return _page(request, pool, form, status=_REFUSED)
    told: list[str] = []
    try:
        make_change(request, partial(change_pool_settings, pool.pk, form.options(), actor=request.actor))
    except NotConfirmed as error:
        told = error.told
    except ValidationFailed as error:
        error.fields = {_SHOWN_AT.get(name, name): message for name, message in error.fields.items()}
        show_faults(form, error)
    else:
        messages.success(request, _("Saved. Applying to Cognito…"))
        return redirect("fleet:pool", pool_id=pool_id)
    return _page(request, pool, form, told=told, status=_REFUSED)


@require_POST
@fleet_view(Permission.FLEET_POOLS_WRITE)
def pool_domain_renew(request: Request, pool_id: uuid.UUID) -> HttpResponse:
    """Draw another domain prefix."""
    pool = renew_domain_prefix(pool_id, actor=request.actor)
    messages.success(request, _("The pool will have the prefix %(prefix)s.") % {"prefix": pool.domain_prefix})
    return redirect("fleet:pool", pool_id=pool_id)


def _form(pool: UserPool, request: Request | None = None) -> PoolSettingsForm:
    data = request.POST if request is not None else None
    return PoolSettingsForm(data, before=options_of(pool), fixed=context_of(pool).attributes)


def _page(
    request: Request, pool: UserPool, form: PoolSettingsForm, *, told: list[str] | None = None, status: int = 200
) -> HttpResponse:
    missing = pool.cell.unsupported_operations
    context = {
        "pool": pool,
        "tenant": None if pool.is_shared else pool.tenants.first(),
        "tenant_count": pool.tenants.count(),
        "form": form,
        "sections": [
            ShownSection(
                section,
                [form[name] for name in section.names if name in form.fields],
                [form[name] for name in section.folded],
                [operation for operation in section.operations if operation in missing],
            )
            for section in SECTIONS
        ],
        "attributes": options_of(pool).custom_attributes,
        "told": told or [],
        "fingerprint": fingerprint(told or []),
        "message_function": message_function(options_of(pool), pool.cell),
        "may_write": request.actor.allows(Permission.FLEET_POOLS_WRITE),
    }
    return render(request, "fleet/cells/pool_settings.html", context, status=status)
