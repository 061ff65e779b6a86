"""What every template gets."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.place import frame_of
from tenants.http import Request


def product(request: HttpRequest) -> dict[str, str]:
    """Return the operator's product name and the two origins."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "dashboard_url": settings.DASHBOARD_URL,
        "signin_url": settings.SIGNIN_URL,
    }


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the page frame of the place the request is in. Made when a template asks for it: fragments do not."""
    return {"frame": SimpleLazyObject(lambda: frame_of(cast(Request, request)))}
