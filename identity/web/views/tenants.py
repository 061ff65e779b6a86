"""The operator's view of tenants: the list, one tenant, and what can be done with it from outside."""

import uuid
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.selectors.fleet import first_owner
from identity.selectors.users import latest_invitation
from identity.sync.selectors import resources_for_tenant, tenant_sync_summaries
from identity.sync.views import summarise
from identity.web.sync_forms import DriftModeForm
from identity.web.views.lifecycle import life_of
from tenants import selectors
from tenants.addresses import sign_in_page
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services.tenants import request_tenant_sync, set_tenant_applications
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.forms import show_faults
from tenants.web.forms.filters import TenantFilterForm
from tenants.web.tables import CURSOR, PAGE_SIZE, chosen_sort, order_by, pager, sort_links, with_query

_SORTS = ("name", "slug", "-created_at")


@require_safe
@fleet_view(Permission.FLEET_READ)
def tenant_list(request: Request) -> HttpResponse:
    """List tenants: search, filter, sort, page."""
    form, sort = TenantFilterForm(request.GET), chosen_sort(request, _SORTS)
    found = selectors.find_tenants(form.wanted())
    page = keyset_page(found, order=order_by(sort), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    states = tenant_sync_summaries(page.rows)
    context = {
        "form": form,
        "rows": [(tenant, states[tenant.pk]) for tenant in page.rows],
        "total": found.count(),
        "pager": pager(request, page),
        "sorts": sort_links(request, _SORTS, sort),
        "clear_url": reverse("fleet:tenants") if form.chosen() else "",
        "export_url": f"{reverse('fleet:tenants-export')}{with_query(request, cursor='')}",
        "may_onboard": request.actor.allows(Permission.FLEET_ONBOARD),
    }
    template = "fleet/tenants/list.html#table" if request.htmx else "fleet/tenants/list.html"
    return render(request, template, context)


@require_safe
@fleet_view(Permission.FLEET_READ)
def tenant_export(request: Request) -> HttpResponseBase:
    """Download the filtered list as CSV."""
    found = selectors.find_tenants(TenantFilterForm(request.GET).wanted())
    found = found.order_by(*order_by(chosen_sort(request, _SORTS)))
    head = ("name", "slug", "key", "status", "isolation", "cell", "region", "created")
    return csv_response("tenants.csv", head, _lines(found))


def _lines(found: QuerySet[Tenant]) -> Iterator[tuple[object, ...]]:
    for tenant in found.iterator(chunk_size=500):
        pool = tenant.pool
        place = (pool.kind, pool.cell.name, pool.cell.region)
        yield (tenant.name, tenant.slug, tenant.key, tenant.status, *place, tenant.created_at.isoformat())


@require_safe
@fleet_view(Permission.FLEET_READ)
def tenant_detail(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Show one tenant: what it is, where it lives, how far Cognito is, its first admin, its applications."""
    tenant = selectors.get_tenant(tenant_id)
    context = {
        "may_sync": request.actor.allows(Permission.FLEET_SYNC_RUN),
        "may_decide": request.actor.allows(Permission.FLEET_SYNC_WRITE),
        "drift_form": DriftModeForm(tenant),
        **_state(request, tenant),
    }
    return render(request, "fleet/tenants/detail.html", context)


@require_safe
@fleet_view(Permission.FLEET_READ)
def tenant_state(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Answer the page that follows its tenant; without htmx, go to that page."""
    tenant = selectors.get_tenant(tenant_id)
    if not request.htmx:
        return redirect("fleet:tenant", tenant_id=tenant_id)
    return render(request, "fleet/tenants/detail.html#state", _state(request, tenant))


def _state(request: Request, tenant: Tenant) -> dict[str, object]:
    resources, owner = resources_for_tenant(tenant), first_owner(tenant)
    sync = summarise(resources)
    invitation = latest_invitation(owner) if owner else None
    being_sent = invitation is not None and invitation.is_open and invitation.sent_at is None
    return {
        "tenant": tenant,
        "sign_in_url": sign_in_page(tenant.slug),
        "resources": resources,
        "sync": sync,
        "owner": owner,
        "invitation": invitation,
        # Whether the page asks again, because something on it may still change by itself.
        "following": being_sent or not sync.is_settled,
        "applications": selectors.applications_of(tenant),
        **life_of(request, tenant),
    }


class ApplicationsForm(forms.Form):
    """Which applications a tenant's users may sign in to."""

    applications = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: object, initial: list[str]) -> None:
        super().__init__(data, initial={"applications": initial})  # type: ignore[arg-type]  # A QueryDict or None.
        self.fields["applications"] = forms.MultipleChoiceField(
            label=_("Applications"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(str(row.pk), row.name) for row in selectors.choosable_applications()],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_ONBOARD)
def tenant_applications(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Choose which applications the tenant's users may sign in to."""
    tenant = selectors.get_tenant(tenant_id)
    granted = [str(application.pk) for application in selectors.applications_of(tenant)]
    form = ApplicationsForm(request.POST if request.method == "POST" else None, granted)
    if request.method == "POST" and form.is_valid():
        chosen = [uuid.UUID(value) for value in form.cleaned_data["applications"]]
        try:
            set_tenant_applications(tenant_id, chosen, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. It holds for sign-ins from now on."))
            return redirect("fleet:tenant", tenant_id=tenant_id)
    context = {"form": form, "tenant": tenant}
    return render(request, "fleet/tenants/applications.html", context, status=422 if form.errors else 200)


@require_POST
@fleet_view(Permission.FLEET_SYNC_RUN)
def tenant_sync(request: Request, tenant_id: uuid.UUID) -> HttpResponse:
    """Compare with Cognito now, and put right what differs."""
    tenant = request_tenant_sync(tenant_id, actor=request.actor)
    messages.success(request, _("Comparing %(tenant)s with Cognito…") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant_id)
