"""What every page of the sign-in host has in common: the tenant's brand, its language, and where its forms may lead."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from federation.models import AuthorizationRequest
from federation.signin.forms import begin_at_fault
from tenants.models import Application, Tenant


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of a tenant's shows, before it is rendered.

    Args:
        template: below `templates/`.
        context: for the template; `brand` is added.
        leads_to: the origins of the application to which its form's answer may lead; empty where it may not.
    """

    template: str
    context: dict[str, Any]
    leads_to: tuple[str, ...] = ()

    def html(self, tenant: Tenant, *, token: str) -> str:
        """Return the page as it is for everybody: no request takes part.

        Args:
            tenant: whose brand it wears.
            token: in place of the CSRF token.
        """
        whose = {"tenant": tenant, "brand": brand_context(tenant), "csrf_token": token}
        return str(render_to_string(self.template, {**self.context, **whose}))


def brand_context(tenant: Tenant | None) -> dict[str, Any] | None:
    """Return what `brand/base.html` reads; None for a page of no tenant's."""
    if tenant is None:
        return None
    brand = tenant.branding
    logo = reverse("brand-logo", args=[tenant.slug, brand.version]) if brand.has_logo else ""
    return {
        "name": brand.display_name,
        "logo_url": logo,
        "stylesheet_url": reverse("brand-stylesheet", args=[tenant.slug, brand.version]),
        "support_url": "",
        "privacy_url": "",
    }


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    tenant: Tenant | None = None,
    status: int = 200,
    leads_to: tuple[str, ...] = (),
) -> HttpResponse:
    """Render a page of the sign-in host.

    Args:
        request: the HTTP request.
        template: below `templates/`.
        context: for the template; `brand` is added.
        tenant: whose brand it wears.
        status: the HTTP status.
        leads_to: the origins at which the form's POST may end after redirects. Browsers hold redirects to `form-action`
            too (Content Security Policy Level 3, section 6.4.1), so they must be in it.
    """
    if isinstance(form := context.get("form"), BaseForm):
        begin_at_fault(form)
    rendered = render(request, template, {**context, "tenant": tenant, "brand": brand_context(tenant)}, status=status)
    return leading_to(rendered, leads_to)


def leading_to(response: HttpResponse, origins: tuple[str, ...]) -> HttpResponse:
    """Let the answer to a page's form lead to other origins, if there are any."""
    if not origins:
        return response
    led: HttpResponse = _leading_to(origins)(response)
    return led


def ways_back(request: AuthorizationRequest) -> tuple[str, ...]:
    """Return the origins to which a sign-in may lead, that of the redirect URI last.

    The others that the application has registered are among them, because a redirect URI may lead on at once to where
    its pages are.
    """
    return (*origins_of(request.application), origin_of(request.redirect_uri))


def origins_of(application: Application) -> tuple[str, ...]:
    """Return the origins of all addresses that an application has registered."""
    addresses = (*application.redirect_uris, *application.post_logout_redirect_uris)
    return tuple(dict.fromkeys(map(origin_of, addresses)))


@lru_cache(maxsize=1024)
def _leading_to(origins: tuple[str, ...]) -> Callable[[Any], Any]:
    return csp_update({"form-action": list(dict.fromkeys(origins))})(_as_it_is)


def _as_it_is(response: Any) -> Any:
    """What the decorator takes for a view: of that it needs the answer alone."""
    return response


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address, as a Content Security Policy names it.

    It has no way to name an IPv6 address (Content Security Policy Level 3, section 2.3.1), for which the scheme stands.
    """
    parts = urlsplit(address)
    if parts.netloc.startswith("["):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"


def speak(request: HttpRequest, ui_locales: str) -> None:
    """Use the first language that the application asked for and we have; otherwise the browser's choice stands.

    Args:
        request: the HTTP request.
        ui_locales: BCP 47 tags, separated by spaces (OpenID Connect Core section 3.1.2.1).
    """
    if not ui_locales:
        return
    offered = {code for code, _name in settings.LANGUAGES}
    for tag in ui_locales.split():
        language = tag.partition("-")[0].lower()
        if language in offered:
            translation.activate(language)
            request.LANGUAGE_CODE = language
            return
