"""The request as Lifeguard's views see it, after the middleware has been."""

from ipaddress import IPv4Address, IPv6Address, ip_address

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
        return str(_plain(ip_address(caller)))
    except ValueError:
        return None


def network_of(client_ip: str) -> str:
    """Return whom an address stands for: a client has all of an IPv6 network of 64 bits to itself (RFC 7421)."""
    address = ip_address(client_ip)
    return str(IPv6Address(int(address) >> 64 << 64)) if address.version == 6 else str(address)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return an address without its zone, and one of IPv4 as such where a socket for both wrote it as one of IPv6.

    Those (RFC 4291 section 2.5.5.2) are all in one network of 64 bits: counted by that, everybody would be one client.
    """
    return address if address.version == 4 else address.ipv4_mapped or IPv6Address(int(address))
