"""Addresses on the sign-in host that the dashboard names."""

from django.conf import settings


def sign_in_page(slug: str) -> str:
    """Return the address of a tenant's sign-in page."""
    return f"{settings.SIGNIN_URL}/{slug}/sign-in"


def bookmark(slug: str, connection_id: object, client_id: str = "") -> str:
    """Return the address that begins a sign-in by a connection at an application; without one, at the dashboard."""
    address = f"{settings.SIGNIN_URL}/{slug}/start/{connection_id}"
    return f"{address}/{client_id}" if client_id else address
