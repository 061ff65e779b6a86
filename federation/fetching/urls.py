"""Taking an address apart once, and strictly, so that nobody after us can read another one into it."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

from federation.fetching.addresses import Address, Policy
from federation.fetching.model import FetchRefused
from federation.fetching.sayings import refused

LONGEST = 2048
# Unreserved, reserved and percent, as RFC 3986 has them: no white space, no backslash, nothing beyond ASCII.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
# The authority is read by this alone: urlsplit takes "[::1]example.com" for ::1.
_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]{2,60}\]|[^\[\]:@]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# A last label of digits, or of 0x and digits, makes browsers and resolvers read a number ("ends in a number checker" of
# the WHATWG URL standard): 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1 to some of them.
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)")


@dataclass(frozen=True)
class Target:
    """An address, taken apart.

    Args:
        scheme: "https" or "http".
        host: a name in lower case, or the text of `literal`.
        literal: the IP address, where the host is one.
        port: where to connect to.
        path: path and query, beginning with a slash.
        usual: whether it is what may be asked of the public internet: https at the port for it.
    """

    scheme: str
    host: str
    literal: Address | None
    port: int
    path: str
    usual: bool

    @property
    def url(self) -> str:
        """The address put together from its parts."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        default = 443 if self.scheme == "https" else 80
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def taken_apart(url: str, policy: Policy) -> Target:
    """Return the parts of an address, if it is one that may be asked as far as can be seen from it.

    Args:
        url: as it was entered, or as a server redirects to it.
        policy: where may be fetched from. Only where it names networks, http and other ports are for later to decide.

    Raises:
        FetchRefused: it is none that may be asked.
    """
    text = url.strip()
    if not text or len(text) > LONGEST:
        raise refused("url_invalid")
    if not text.isascii():
        raise refused("host_invalid")
    if not _CHARACTERS.fullmatch(text):
        raise refused("url_invalid")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise refused("url_invalid") from None
    if "@" in parts.netloc:
        raise refused("url_password")
    place = _PLACE.fullmatch(parts.netloc)
    if parts.scheme not in {"https", "http"} or not place:
        raise refused("url_invalid" if parts.scheme in {"https", "http", ""} else "url_not_https")
    return _target(parts.scheme, place["host"].strip("[]"), place["port"], _path(parts.path, parts.query), policy)


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")


def _target(scheme: str, host: str, given: str | None, path: str, policy: Policy) -> Target:
    port = int(given) if given else {"https": 443, "http": 80}[scheme]
    if not 0 < port < 65536:
        raise refused("url_invalid")
    literal = _literal(host)
    usual = scheme == "https" and port == policy.port
    if not usual and not policy.allowed:
        raise _unusual(scheme, port)
    return Target(scheme, host.lower(), literal, port, path, usual)


def _unusual(scheme: str, port: int) -> FetchRefused:
    return refused("url_port", port=port) if scheme == "https" else refused("url_not_https")


def unusual(target: Target) -> FetchRefused:
    """Return why something unusual is not asked of the public internet."""
    return _unusual(target.scheme, target.port)


def _literal(host: str) -> Address | None:
    """Return the IP address that a host is; nothing where it is a name.

    Raises:
        FetchRefused: it is neither, or a number that others would read as an address.
    """
    if ":" in host:
        try:
            return IPv6Address(host)
        except AddressValueError:
            raise refused("host_invalid") from None
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return IPv4Address(host)
        except AddressValueError:
            raise refused("host_invalid") from None
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise refused("host_invalid")
    return None
