"""What a redirect URI of an application may look like. Pure.

RFC 6749 section 3.1.2 asks for an absolute URI without a fragment; RFC 9700 section 4.1.3 for exact comparison, which
rules wildcards out; RFC 9700 section 2.6 and OpenID Connect Core section 3.1.2.1 for https, with http on loopback
alone.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed

LONGEST = 1024
MOST = 100
# Read by its text and not by a parser, so that there is nothing for two parsers to read differently.
_ON_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?([/?].*)?", re.ASCII)


def parse_uris(text: str) -> list[str]:
    """Return the lines of a text area, without blank ones and repetitions, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def clean_uris(uris: list[str], *, field: str, required: bool) -> list[str]:
    """Return the URIs unchanged if an application may have them all.

    Args:
        uris: one address each.
        field: the form field to blame.
        required: whether an empty list is refused.

    Raises:
        ValidationFailed: names the first address that cannot be used, and why.
    """
    message = ""
    if required and not uris:
        message = _("Enter at least one address.")
    elif len(uris) > MOST:
        message = _("Enter at most %(most)d addresses.") % {"most": MOST}
    for uri in uris:
        why = fault(uri)
        if why and not message:
            message = _("%(uri)s: %(why)s") % {"uri": uri[:80], "why": why}
    if message:
        raise ValidationFailed(message, fields={field: message})
    return uris


def fault(uri: str) -> str:
    """Return why an address cannot be a redirect URI, or "" when it can."""
    if len(uri) > LONGEST:
        return _("it is longer than %(longest)d characters.") % {"longest": LONGEST}
    if not uri.isascii() or not uri.isprintable() or set(uri) & set(' "<>\\^`{|}'):
        return _("it holds characters that an address may not hold.")
    if "*" in uri:
        return _("wildcards are not possible; addresses are compared exactly.")
    if "#" in uri:
        return _("leave the fragment (#…) out.")
    parts = _split(uri)
    return _("it is not an address.") if parts is None else _fault_of_parts(uri, parts)


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        # Reading the port is what checks it.
        return None if parts.port == 0 else parts
    except ValueError:
        return None


def _fault_of_parts(uri: str, parts: SplitResult) -> str:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return _("begin with https:// and a host.")
    if parts.username is not None or parts.password is not None:
        return _("leave user name and password out.")
    # In the very form by which it is recognized later, of which another spelling would have none of the care.
    if parts.scheme == "http" and _without_port(uri) is None:
        return _("use https; plain http is for localhost, 127.0.0.1 and [::1] alone.")
    return ""


def is_one_of(uri: str, registered: list[str], *, any_port: bool) -> bool:
    """Say whether a redirect URI is one of those that an application has.

    Args:
        uri: as it was sent.
        registered: the application's.
        any_port: whether only the ports of loopback addresses may differ (RFC 8252 section 7.3): a native application
            listens on one that happens to be free.
    """
    if uri in registered:
        return True
    # A port makes it longer than what was registered, and longer than what is kept of it.
    known = any_port and len(uri) <= LONGEST
    return known and _without_port(uri) in set(map(_without_port, registered)) - {None}


def is_on_loopback(uri: str) -> bool:
    """Say whether an address is one of the person's own machine, where any program may listen, by https as well.

    Every spelling counts here, also one that is not taken any more.
    """
    parts = _split(uri)
    host = (parts.hostname or "").rstrip(".") if parts else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _without_port(uri: str) -> tuple[str, str] | None:
    """Return host and path of a loopback address; None for every other one."""
    found = _ON_LOOPBACK.fullmatch(uri)
    if found is None or not 0 < int(found[2] or 80) < 2**16:
        return None
    return found[1], found[3] or ""
