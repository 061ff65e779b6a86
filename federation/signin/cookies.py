"""The sign-in host's own cookies: which browser this is, and one session for each tenant. None is Django's session.

What has to outlive a way over other hosts is kept in signed ones, for minutes; `federation.signin.just_opened` has a
code of its own.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from tenants.models import Tenant

BROWSER_SECONDS = 24 * 60 * 60
# Browsers keep no cookie for longer (RFC 6265bis section 5.5).
DEVICE_SECONDS = 400 * 24 * 60 * 60


def browser_token(request: HttpRequest) -> str:
    """Return the random token of this browser; empty where it has none yet."""
    return request.COOKIES.get(_name("browser"), "")


def set_browser_token(response: HttpResponseBase, token: str) -> None:
    """Recognise this browser from now on."""
    _set(response, _name("browser"), token, seconds=BROWSER_SECONDS)


def session_token(request: HttpRequest, tenant: Tenant) -> str:
    """Return the token of this browser's session at a tenant; empty where there is none."""
    return request.COOKIES.get(_session_name(tenant), "")


def session_tokens(request: HttpRequest) -> list[str]:
    """Return the tokens of this browser's sessions at all tenants."""
    prefix = _name("sso_")
    return [value for name, value in request.COOKIES.items() if name.startswith(prefix)]


def set_session_token(response: HttpResponseBase, tenant: Tenant, token: str) -> None:
    """Hold a session at a tenant, as long as its policy's absolute limit allows."""
    _set(response, _session_name(tenant), token, seconds=tenant.policy.session_absolute_minutes * 60)


def forget_session(response: HttpResponseBase, tenant: Tenant) -> None:
    """Hold no session at a tenant any more."""
    _set(response, _session_name(tenant), "", seconds=0)


def device_token(request: HttpRequest, tenant: Tenant) -> str:
    """Return the token by which this browser is known at a tenant; empty where nobody signed in with it before."""
    return request.COOKIES.get(_device_name(tenant), "")


def has_device_token(request: HttpRequest, tenant_key: str) -> bool:
    """Say whether this browser says that it is known at the tenant with a key."""
    return _name(f"device_{tenant_key}") in request.COOKIES


def set_device_token(response: HttpResponseBase, tenant: Tenant, token: str) -> None:
    """Know this browser again at a tenant, as long as it is used now and then."""
    _set(response, _device_name(tenant), token, seconds=DEVICE_SECONDS)


def opened_text(request: HttpRequest) -> str:
    """Return what this browser brings along of its newest request (`federation.signin.just_opened`); may be empty."""
    return request.COOKIES.get(_name("opened"), "")


def set_opened_text(response: HttpResponseBase, value: str, *, seconds: int) -> None:
    """Have this browser bring it along."""
    _set(response, _name("opened"), value, seconds=seconds)


def keep(response: HttpResponseBase, purpose: str, values: Mapping[str, Any], *, seconds: int) -> None:
    """Give this browser values to bring back, signed and for a while."""
    _set(response, _name(purpose), signing.dumps(dict(values), salt=_salt(purpose)), seconds=seconds)


def kept(request: HttpRequest, purpose: str, *, seconds: int) -> dict[str, Any]:
    """Return what this browser was given to bring back; empty where there is nothing, or it is too old."""
    try:
        found = signing.loads(request.COOKIES.get(_name(purpose), ""), salt=_salt(purpose), max_age=seconds)
    except signing.BadSignature:
        return {}
    return dict(found)


def drop(response: HttpResponseBase, purpose: str) -> None:
    """Have this browser forget what it was given."""
    _set(response, _name(purpose), "", seconds=0)


def _salt(purpose: str) -> str:
    return f"federation.signin.{purpose}"


def _set(response: HttpResponseBase, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=_is_https(), httponly=True, samesite="Lax")


def _session_name(tenant: Tenant) -> str:
    return _name(f"sso_{tenant.key}")


def _device_name(tenant: Tenant) -> str:
    return _name(f"device_{tenant.key}")


def _name(purpose: str) -> str:
    """A `__Host-` cookie cannot be set by another host or for a subdomain, but needs https (RFC 6265bis 4.1.3.2)."""
    return f"{'__Host-' if _is_https() else ''}lifeguard_{purpose}"


def _is_https() -> bool:
    return settings.SIGNIN_URL.startswith("https://")
