"""Home-realm discovery: whoever has an address of a domain that a tenant has proved goes on at its identity provider.

It goes by the domain alone, and says nothing of whether somebody has the address.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from federation.models import AuthorizationRequest
from federation.selectors import active_tenant
from federation.selectors.arrivals import offered_connections
from federation.selectors.email_domains import has_domains, owns_domain_of, tenant_of_domain
from federation.signin.flow import Context
from federation.signin.forms import AddressForm
from federation.signin.pages import page
from federation.signin.views.common import load_context, ways_in

# Says in an address that the person chose the password.
BY_PASSWORD = "password"  # noqa: S105  # The name of a parameter.


def asks_address_first(request: HttpRequest, context: Context) -> bool:
    """Say whether the sign-in page asks for the address alone, because it may decide where the person signs in."""
    if BY_PASSWORD in request.GET:
        return False
    return has_domains(context.tenant) and offered_connections(context.tenant).exists()


def ask_address(request: HttpRequest, context: Context) -> HttpResponse:
    """Ask for the e-mail address, and go on at the identity provider or with the password."""
    form = AddressForm(request.POST or None, initial={"email": context.request.parameters.get("login_hint", "")})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if owns_domain_of(context.tenant, email):
            return go_on(request, context, email)
        return redirect(_by_password(context, email))
    return page(
        request,
        "federation/address.html",
        {"form": form, "application": context.request.application, "ways": ways_in(context)},
        tenant=context.tenant,
        status=422 if form.errors else 200,
    )


def realm_of(request: HttpRequest, opened: AuthorizationRequest, email: str) -> Context | None:
    """Return the sign-in at the tenant whose domain an address is of; None where the address decides nothing."""
    found = tenant_of_domain(email)
    tenant = active_tenant(found.slug, opened.application) if found else None
    if tenant is None or not offered_connections(tenant).exists():
        return None
    return load_context(request, tenant.slug, opened.pk)


def go_on(request: HttpRequest, context: Context, email: str) -> HttpResponse:
    """Lead to the tenant's identity provider, or let the person choose between several.

    By a page and not by a redirect: what a form leads to may not be another host (`federation.signin.pages.page`).
    """
    ways = ways_in(context, login_hint=email)
    return page(
        request,
        "federation/go_on.html",
        {
            "application": context.request.application,
            "ways": ways,
            "forward_url": ways[0].url if len(ways) == 1 else "",
            "password_url": _by_password(context, email),
        },
        tenant=context.tenant,
    )


def _by_password(context: Context, email: str) -> str:
    query = urlencode({"request": context.request.pk, BY_PASSWORD: "1", "login_hint": email})
    return f"{reverse('sign-in', args=[context.tenant.slug])}?{query}"
