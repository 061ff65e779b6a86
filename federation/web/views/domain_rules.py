"""Saying where the addresses of a domain lead, and trying it out."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from federation.domains.routing import UNTOLD, Rule, Scope
from federation.models import DomainRule, EmailDomain
from federation.selectors.connections import connections_of
from federation.selectors.domain_rules import get_rule, rules_of
from federation.selectors.email_domains import get_domain
from federation.services import domain_rules
from federation.services.domain_rules import WantedRule
from federation.web.forms.domain_rules import RuleForm
from federation.web.routing_view import default_of, outcome_of
from federation.web.views.domains import domain_context, domain_url
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults

_FORMS = require_http_methods(["GET", "HEAD", "POST"])
# Longer than an address can be.
_LONGEST_TYPED = 320


@tenant_view(Permission.DOMAINS_READ)
@require_safe
def domain_try(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """Say what becomes of an address, as the sign-in pages decide it."""
    claim = get_domain(tenant, domain_id)
    typed = request.GET.get("address", "").strip()[:_LONGEST_TYPED]
    context = {"typed": typed, "outcome": outcome_of(claim, typed) if typed else None}
    if request.htmx:
        return render(request, "tenant/domains/try.html#outcome", context)
    return render(request, "tenant/domains/detail.html", {**domain_context(request, tenant, claim), **context})


@tenant_view(Permission.DOMAINS_WRITE)
@_FORMS
def domain_rule_new(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """Add a rule: for a sub-domain where the address says `for=subdomain`, and for listed addresses otherwise."""
    claim = get_domain(tenant, domain_id)
    scope = Scope.SUBDOMAIN if request.GET.get("for") == Scope.SUBDOMAIN else Scope.ADDRESSES

    def save(wanted: WantedRule) -> DomainRule:
        return domain_rules.add_rule(tenant, domain_id, wanted, actor=request.actor)

    return _rule_page(request, claim, Rule(scope, UNTOLD.destination), save)


@tenant_view(Permission.DOMAINS_WRITE)
@_FORMS
def domain_rule(request: Request, tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID) -> HttpResponseBase:
    """Change a rule."""
    row = get_rule(tenant, domain_id, rule_id)
    if row.scope == Scope.DEFAULT:
        # It has a page of its own, which is there also while no row is.
        raise NotFound

    def save(wanted: WantedRule) -> DomainRule:
        return domain_rules.change_rule(tenant, domain_id, rule_id, wanted, actor=request.actor)

    return _rule_page(request, row.domain, row.value, save)


@tenant_view(Permission.DOMAINS_WRITE)
@_FORMS
def domain_default(request: Request, tenant: Tenant, domain_id: uuid.UUID) -> HttpResponseBase:
    """Change where those addresses lead that no other rule is for."""
    claim = get_domain(tenant, domain_id)

    def save(wanted: WantedRule) -> DomainRule:
        return domain_rules.set_default(tenant, domain_id, wanted, actor=request.actor)

    return _rule_page(request, claim, default_of([row.value for row in rules_of(claim)]), save)


@tenant_view(Permission.DOMAINS_WRITE)
@require_POST
def domain_rule_remove(request: Request, tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID) -> HttpResponseBase:
    """Take a rule away. What it said stays in the audit log."""
    domain_rules.remove_rule(tenant, domain_id, rule_id, actor=request.actor)
    messages.success(request, _("The rule is removed. It counts from the next sign-in."))
    return redirect(domain_url(tenant, domain_id))


def _rule_page(
    request: Request, claim: EmailDomain, rule: Rule, save: Callable[[WantedRule], DomainRule]
) -> HttpResponseBase:
    tenant = claim.tenant
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        scope=rule.scope,
        claim=claim,
        connections=list(connections_of(tenant)),
        initial=RuleForm.initial_of(rule, claim),
    )
    if request.method == "POST" and form.is_valid():
        try:
            save(form.wanted())
        except ValidationFailed as error:
            show_faults(form, error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved. It counts from the next sign-in."))
            return redirect(domain_url(tenant, claim.pk))
    context = {"tenant": tenant, "claim": claim, "form": form, "rule": rule, "url": domain_url(tenant, claim.pk)}
    return render(request, "tenant/domains/rule.html", context, status=422 if form.errors else 200)
