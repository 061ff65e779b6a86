"""What every template gets."""

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, str]:
    """Return the operator's product name and the two origins."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "dashboard_url": settings.DASHBOARD_URL,
        "signin_url": settings.SIGNIN_URL,
    }


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the page frame of the place the request is in."""
    return {}
