"""Onboarding a tenant: describe it, review what will be created, create it."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from identity.services.onboarding import CheckedDraft, TenantDraft, check_draft, onboard_tenant, require_free_slug
from identity.sync import preview
from identity.web.drafts import drop_draft, load_draft, save_draft
from identity.web.onboarding_form import TenantForm
from tenants.addresses import sign_in_page
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Cell, Tenant
from tenants.permissions import Permission
from tenants.slugs import suggest_slug
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults

_DESCRIBE, _REVIEW = gettext_lazy("Describe"), gettext_lazy("Review")
# What `components/steps.html` shows on the first page and on the second.
_STEPS = (
    [{"label": _DESCRIBE, "state": "current"}, {"label": _REVIEW, "state": "ahead"}],
    [{"label": _DESCRIBE, "state": "done"}, {"label": _REVIEW, "state": "current"}],
)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_ONBOARD)
def tenant_draft(request: Request) -> HttpResponse:
    """Ask what the tenant should be. `?draft=<id>` comes back to a draft from its review."""
    before = _draft_in_address(request)
    form = TenantForm(request.POST or None, initial=_initial(before) if before else None)
    if request.method == "POST" and form.is_valid():
        draft = form.draft(before.id if before else uuid.uuid4())
        draft = replace(draft, slug=draft.slug or suggest_slug(draft.name))
        try:
            check_draft(draft)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            save_draft(request.session, draft)
            return redirect("fleet:tenant-review", draft_id=draft.id)
    context = {"form": form, "has_cells": Cell.objects.exists(), "draft_id": before and before.id, "steps": _STEPS[0]}
    return render(request, "fleet/tenants/form.html", context, status=422 if form.errors else 200)


@require_safe
@fleet_view(Permission.FLEET_ONBOARD)
def tenant_slug(request: Request) -> HttpResponse:
    """Say what the slug will be, made from the name where it is left empty, or what is wrong with it."""
    slug = request.GET.get("slug", "").strip() or suggest_slug(request.GET.get("name", ""))
    context = {}
    try:
        if slug:
            context["sign_in_url"] = sign_in_page(require_free_slug(slug))
    except ValidationFailed as error:
        context["slug_error"] = error.message
    return render(request, "fleet/tenants/form.html#slug_hint", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_ONBOARD)
def tenant_review(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """Show what will be created; a POST creates it. Nothing but the draft's id comes from the browser."""
    draft = load_draft(request.session, draft_id)
    if draft is None:
        return _without_draft(request, draft_id)
    try:
        if request.method == "POST":
            return _create(request, draft)
        return render(request, "fleet/tenants/review.html", _review(check_draft(draft)))
    except ValidationFailed as error:
        # Something changed since the form was sent, such as the slug being taken.
        form = TenantForm(_initial(draft))
        form.is_valid()
        show_faults(form, error)
        context = {"form": form, "has_cells": True, "draft_id": draft_id, "steps": _STEPS[0]}
        return render(request, "fleet/tenants/form.html", context, status=422)


def _create(request: Request, draft: TenantDraft) -> HttpResponse:
    tenant = onboard_tenant(draft=draft, actor=request.actor)
    drop_draft(request.session, draft.id)
    messages.success(request, _("%(tenant)s is created. Applying to Cognito…") % {"tenant": tenant.name})
    return redirect("fleet:tenant", tenant_id=tenant.pk)


def _without_draft(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    # The second of two clicks on Create comes here: the first one used the draft up.
    if Tenant.objects.filter(pk=draft_id).exists():
        return redirect("fleet:tenant", tenant_id=draft_id)
    messages.info(request, _("This draft is gone. Describe the tenant again."))
    return redirect("fleet:tenant-new")


def _review(checked: CheckedDraft) -> dict[str, object]:
    described = preview.TenantDraft(name=checked.name, slug=checked.slug)
    planned = preview.planned_resources(checked.isolation, described, checked.pool, cell=checked.cell)
    return {
        "draft": checked,
        "plan": [_plan_row(resource) for resource in planned if resource.is_new],
        "sign_in_url": sign_in_page(checked.slug),
        "steps": _STEPS[1],
    }


def _plan_row(resource: preview.PlannedResource) -> dict[str, object]:
    """Return a resource as `components/plan.html` takes it."""
    changes = [{"field": fact.label, "after": fact.value} for fact in resource.facts]
    return {"action": "create", "kind": resource.kind, "name": resource.name, "changes": changes}


def _draft_in_address(request: Request) -> TenantDraft | None:
    try:
        return load_draft(request.session, uuid.UUID(request.GET.get("draft", "")))
    except ValueError:
        return None


def _initial(draft: TenantDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "slug": draft.slug,
        "cell": str(draft.cell_id),
        "isolation": draft.isolation.value,
        "admin_email": draft.admin_email,
        "applications": [str(key) for key in draft.application_ids],
    }
