"""The tenant's look: its stylesheet and its logo, each at an address that changes with it and is kept for long."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenants import colours
from tenants.colours import BrandColours
from tenants.errors import NotFound
from tenants.models import Branding, TenantStatus

_KEEP = "public, max-age=31536000, immutable"


@require_safe
def stylesheet(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Answer the custom properties that the brand's pages read (docs/design-system.md)."""
    brand = _brand(slug, version)
    text = colours.stylesheet(BrandColours(brand.accent, brand.accent_dark, brand.background, brand.background_dark))
    return _kept(HttpResponse(text, content_type="text/css; charset=utf-8"))


@require_safe
def logo(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Answer the logo. The policy keeps an image that holds script from being more than an image."""
    brand = _brand(slug, version)
    if not brand.has_logo:
        raise NotFound
    response = HttpResponse(bytes(brand.logo), content_type=brand.logo_type)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return _kept(response)


def _brand(slug: str, version: int) -> Branding:
    brand = Branding.objects.filter(tenant__slug=slug, tenant__status=TenantStatus.ACTIVE, version=version).first()
    if brand is None:
        raise NotFound
    return brand


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = _KEEP
    return response
