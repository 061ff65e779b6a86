"""Home-realm discovery: whoever has an address of a domain that a tenant has proved goes on as the domain's rules say.

It goes by the domain and its rules alone, and says nothing of whether somebody has the address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from federation.domains.routing import Decision
from federation.models import AuthorizationRequest
from federation.selectors import active_tenant
from federation.selectors.arrivals import offered_connections
from federation.selectors.domain_rules import active_ids, decision_at, decision_in, leading_domain
from federation.selectors.email_domains import has_domains
from federation.signin.context import Context
from federation.signin.forms import AddressForm
from federation.signin.pages import Shown, page
from federation.signin.views.common import PASSWORD_NEXT, load_context, password_address, ways_in


@dataclass(frozen=True, slots=True)
class Realm:
    """Where an address leads: the sign-in at a tenant, and what the rules of the domain decided."""

    context: Context
    decision: Decision


def asks_address_first(request: HttpRequest, context: Context) -> bool:
    """Say whether the sign-in page asks for the address alone, because it may decide where the person signs in."""
    if PASSWORD_NEXT in request.GET:
        return False
    return has_domains(context.tenant) and offered_connections(context.tenant).exists()


def ask_address(request: HttpRequest, context: Context) -> HttpResponse:
    """Ask for the e-mail address, and go on at the identity provider or with the password.

    What other tenants have proved is not looked at here: on a tenant's page its own rules decide alone.
    """
    form = AddressForm(request.POST or None, initial={"email": context.request.parameters.get("login_hint", "")})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        decision = decision_at(context.tenant, email)
        if decision is None:
            return redirect(password_address(context, email))
        return go_on(request, Realm(context, decision), email)
    shown = address_page(context, form)
    return page(request, shown.template, shown.context, tenant=context.tenant, status=422 if form.errors else 200)


def address_page(context: Context, form: AddressForm) -> Shown:
    """Return what the page shows that asks for the address alone."""
    return Shown(
        "federation/address.html",
        {"form": form, "application": context.request.application, "ways": ways_in(context)},
    )


def realm_of(request: HttpRequest, opened: AuthorizationRequest, email: str) -> Realm | None:
    """Return the sign-in at the tenant whose domain an address is of; None where the address decides nothing.

    The nearest proved domain decides alone, whoever it belongs to.
    """
    claim = leading_domain(email, opened.application)
    tenant = active_tenant(claim.tenant.slug, opened.application) if claim else None
    active = active_ids(tenant) if tenant else []
    if claim is None or tenant is None or not active:
        return None
    decision = decision_in(claim, email, active=active)
    return None if decision is None else Realm(load_context(request, tenant.slug, opened.pk), decision)


def go_on(request: HttpRequest, realm: Realm, email: str) -> HttpResponse:
    """Lead to the tenant's identity provider, let the person choose between several, or ask for the password.

    To an identity provider by a page and not by a redirect: what a form leads to may not be another host
    (`federation.signin.pages.page`).
    """
    context = realm.context
    if realm.decision.by_password:
        return redirect(password_address(context, email))
    shown = go_on_page(context, realm.decision.connections, email)
    return page(request, shown.template, shown.context, tenant=context.tenant)


def go_on_page(context: Context, connections: Collection[UUID], email: str) -> Shown:
    """Return what the page shows that leads to connections, by their ids."""
    ways = ways_in(context, login_hint=email, among=connections)
    return Shown(
        "federation/go_on.html",
        {
            "application": context.request.application,
            "ways": ways,
            "forward_url": ways[0].url if len(ways) == 1 else "",
            "password_url": password_address(context, email),
        },
    )
