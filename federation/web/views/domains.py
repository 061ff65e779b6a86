"""A tenant's e-mail domains: claiming them, proving them by DNS, and giving them up."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from federation.domains.dns import record_name, record_value
from federation.domains.standing import GRACE, TRANSFER_WAIT
from federation.models import DomainStatus, EmailDomain
from federation.selectors.domain_rules import active_ids
from federation.selectors.email_domains import domains_of, get_domain
from federation.services import email_domains
from federation.web.forms.domains import ClaimForm
from federation.web.routing_view import rule_rows
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults

_FORMS = require_http_methods(["GET", "HEAD", "POST"])


@tenant_view(Permission.DOMAINS_READ)
@require_safe
def domain_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The tenant's claims; there are at most some hundreds."""
    context = {
        "tenant": tenant,
        "domains": domains_of(tenant),
        "may_write": request.actor.allows(Permission.DOMAINS_WRITE),
    }
    return render(request, "tenant/domains/list.html", context)


@tenant_view(Permission.DOMAINS_WRITE)
@_FORMS
def domain_new(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Claim a domain."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim = email_domains.claim_domain(tenant, name=form.cleaned_data["name"], actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            return redirect(domain_url(tenant, claim.pk))
    context = {"tenant": tenant, "form": form}
    return render(request, "tenant/domains/new.html", context, status=422 if form.errors else 200)


@tenant_view(Permission.DOMAINS_READ)
@require_safe
def domain_page(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """One claim: what to put into DNS, and what was found there. It follows what a check finds."""
    context = domain_context(request, tenant, get_domain(tenant, domain_id))
    return render(
        request, "tenant/domains/detail.html#state" if request.htmx else "tenant/domains/detail.html", context
    )


def domain_context(request: Request, tenant: Tenant, claim: EmailDomain) -> dict[str, object]:
    """Return what the page of a claim reads."""
    return {
        "tenant": tenant,
        "claim": claim,
        "record": record_name(claim.name),
        "value": record_value(claim.token),
        "grace_days": GRACE.days,
        "wait_days": TRANSFER_WAIT.days,
        "following": claim.status != DomainStatus.PROVED,
        "rules": rule_rows(claim),
        "has_active": bool(active_ids(tenant)),
        "may_write": request.actor.allows(Permission.DOMAINS_WRITE),
    }


@tenant_view(Permission.DOMAINS_WRITE)
@require_POST
def domain_check(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """Have DNS asked at once."""
    email_domains.check_domain_now(tenant, domain_id, actor=request.actor)
    messages.success(request, _("Looking for the record. This page shows what was found."))
    return redirect(domain_url(tenant, domain_id))


@tenant_view(Permission.DOMAINS_WRITE)
@_FORMS
def domain_remove(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """Give a claim up, once its name has been typed."""
    claim = get_domain(tenant, domain_id)
    context: dict[str, object] = {"tenant": tenant, "claim": claim, "url": domain_url(tenant, claim.pk)}
    if request.method != "POST":
        return render(request, "tenant/domains/remove.html", context)
    typed = request.POST.get("confirm_name", "")
    try:
        email_domains.remove_domain(tenant, domain_id, confirm_name=typed, actor=request.actor)
    except ValidationFailed as error:
        return render(request, "tenant/domains/remove.html", {**context, "error": error.message}, status=error.status)
    messages.success(request, _("%(domain)s is no longer on your list.") % {"domain": claim.name})
    return redirect(reverse("tenant:domains", args=[tenant.slug]))


def domain_url(tenant: Tenant, domain_id: uuid.UUID) -> str:
    """Return where a claim's own page is."""
    return reverse("tenant:domain", args=[tenant.slug, domain_id])
