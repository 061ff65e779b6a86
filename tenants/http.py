"""The request as Lifeguard's views see it, after the middleware has been."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tenants.actor import Actor


class Request(HttpRequest):
    """A request with what our middleware sets; only ever an annotation, Django makes the objects."""

    request_id: str
    actor: Actor
    htmx: HtmxDetails


def client_ip(request: HttpRequest) -> str | None:
    """Return the caller's address: the peer's, or the one that the outermost of `TRUSTED_PROXIES` proxies saw.

    What a proxy wrote that is no address (RFC 7239 section 6 allows "unknown") is not kept as one.
    """
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    caller = hops[-trusted] if trusted and len(hops) >= trusted else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(caller))
    except ValueError:
        return None
