"""The tenant's stylesheet and logo."""

import pytest
from django.test import Client

from tenants.models import Branding, Tenant, TenantStatus
from tests.factories import TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.fixture
def branding() -> Branding:
    tenant = TenantFactory.create(slug="acme")
    brand = tenant.branding
    brand.accent, brand.logo, brand.logo_type, brand.version = "#ffe066", b"<svg/>", "image/svg+xml", 4
    brand.save()
    found: Branding = brand
    return found


def test_the_stylesheet_is_kept_for_long(branding: Branding) -> None:
    response = Client().get("/acme/brand-4.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    text = response.content.decode()
    assert f"--brand-accent: light-dark(#ffe066, {branding.accent_dark});" in text
    # Black on a light accent.
    assert "--brand-accent-contrast: light-dark(#000000" in text


def test_the_logo_can_be_nothing_but_an_image(branding: Branding) -> None:
    response = Client().get("/acme/logo-4")
    assert (response.content, response["Content-Type"]) == (b"<svg/>", "image/svg+xml")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]


def test_what_is_not_there(branding: Branding) -> None:
    for path in ("/acme/brand-3.css", "/acme/logo-5", "/nobody/brand-4.css", "/acme/brand-x.css"):
        assert Client().get(path).status_code == 404
    Tenant.objects.update(status=TenantStatus.SUSPENDED)
    assert Client().get("/acme/logo-4").status_code == 404
