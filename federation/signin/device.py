"""A sign-in for a device elsewhere (RFC 8628): how it begins in a browser, and how it comes back to be confirmed.

The way through is that of every sign-in. Instead of to an application, which has no page here, it leads to ours that
asks whether the device may have it. Which device that is, the browser keeps in a signed cookie.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from federation.models import DeviceGrant
from federation.signin import cookies
from tenants.models import Tenant

# Among the parameters of a request: that it is for a device.
DEVICE = "device"
_PURPOSE = "device"
_SECONDS = 30 * 60


def parameters_for(grant: DeviceGrant) -> dict[str, Any]:
    """Return what a sign-in for a device asks, in the form of an authorization request."""
    own = {"client_id": grant.application.client_id, "redirect_uri": f"{settings.SIGNIN_URL}{_confirm_path()}"}
    return {**grant.parameters, **own, DEVICE: str(grant.pk)}


def is_for_device(parameters: Mapping[str, Any]) -> bool:
    """Say whether a request is one for a device."""
    return DEVICE in parameters


def to_confirmation(tenant: Tenant) -> HttpResponse:
    """Send a browser with a session to the page that asks."""
    return HttpResponseRedirect(f"{_confirm_path()}?{urlencode({'organization': tenant.slug})}")


def remember(response: HttpResponseBase, grant: DeviceGrant, user_code: str) -> None:
    """Have this browser know which device it is signing in for, and by which code, to be compared."""
    cookies.keep(response, _PURPOSE, {"grant": str(grant.pk), "code": user_code}, seconds=_SECONDS)


def remembered(request: HttpRequest) -> tuple[UUID, str] | None:
    """Return the device's request, and the code; None where this browser signs in for none."""
    kept = cookies.kept(request, _PURPOSE, seconds=_SECONDS)
    return (UUID(kept["grant"]), str(kept["code"])) if kept else None


def forget(response: HttpResponseBase) -> None:
    """Have this browser sign in for no device any more."""
    cookies.drop(response, _PURPOSE)


def _confirm_path() -> str:
    return reverse("device-confirm", urlconf="config.urls.signin")
