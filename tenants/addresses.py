"""Addresses on the sign-in host that the dashboard names."""

from django.conf import settings


def sign_in_page(slug: str) -> str:
    """Return the address of a tenant's sign-in page."""
    return f"{settings.SIGNIN_URL}/{slug}/sign-in"
