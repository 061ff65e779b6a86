"""What a browser says of itself, in two words that its owner knows it by. Pure.

A User-Agent (RFC 9110 section 10.1.5) can say anything; it is shown, and nothing is decided by it.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# The first that is found counts: browsers name those, too, for which they want to be taken.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_IN_A_HAND = {"iPhone", "iPad", "Android"}


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and the system that it runs on; each empty where it is none that we know."""

    browser: str
    system: str

    @property
    def is_mobile(self) -> bool:
        """Say whether it is a phone or a tablet."""
        return self.system in _IN_A_HAND

    def __str__(self) -> str:
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("An unknown browser")


def device_of(user_agent: str) -> Device:
    """Return the device that a User-Agent names."""
    return Device(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in known if sign in user_agent), "")


def shown_network(network: str) -> str:
    """Return what `tenants.http.network_of` gave as people write it: that of IPv6 is a network, and no address."""
    return f"{network}/64" if ":" in network else network
