"""From what a person types into a rule of a domain to what it says. Pure."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from federation.domains.names import normal_address, subdomain_of
from federation.domains.routing import ANY, is_within
from tenants.errors import ValidationFailed
from tenants.text import clean_email

_BETWEEN = re.compile(r"[\s,;]+")
# RFC 5321, section 4.5.3.1.3, without the angle brackets.
LONGEST_ADDRESS = 254
# Of what is wrong, how much a message repeats: words, and characters of each.
_SHOWN, _SHOWN_OF_EACH = 3, 60


def addresses_in(texts: Iterable[str], domain: str) -> list[str]:
    """Return the addresses in some text, each once and in order, as they are compared.

    Args:
        texts: addresses, or lists of them with white space, commas or semicolons between.
        domain: whose they must be, or of a sub-domain.

    Raises:
        ValidationFailed: there is none, or something is none of the domain's (field `addresses`).
    """
    words = [word for text in texts for word in _BETWEEN.split(text) if word]
    if not words:
        raise _refused("addresses", _("Enter at least one address."))
    read = {word: _address(word) for word in words}
    if unread := [word for word, address in read.items() if not address]:
        raise _refused("addresses", _("No e-mail address: %(words)s") % {"words": _some(unread)})
    strange = [word for word, address in read.items() if not is_within(address.rpartition("@")[2], domain)]
    if strange:
        message = _("Not of %(domain)s or a sub-domain of it: %(words)s")
        raise _refused("addresses", message % {"domain": domain, "words": _some(strange)})
    return sorted(set(read.values()))


def subdomain_in(text: str, domain: str) -> str:
    """Return the sub-domain that somebody typed: its whole name, its first label, or `*` for every one.

    Returns:
        Its name in ASCII and lower case; for every sub-domain, the domain's own.

    Raises:
        ValidationFailed: it is none of the domain's (field `subdomain`).
    """
    typed = text.strip().lower().removeprefix("@").rstrip(".")
    if typed in (ANY, f"{ANY}.{domain}"):
        return domain
    name = subdomain_of(typed, domain)
    if not name:
        example = f"emea.{domain}"
        message = _("Enter a sub-domain of %(domain)s, such as %(example)s, or * for every one.")
        raise _refused("subdomain", message % {"domain": domain, "example": example})
    return name


def _address(word: str) -> str:
    try:
        address = normal_address(clean_email(word))
    except ValidationFailed:
        return ""
    return address if len(address) <= LONGEST_ADDRESS else ""


def _some(words: list[str]) -> str:
    shown = ", ".join(word[:_SHOWN_OF_EACH] for word in words[:_SHOWN])
    more = len(words) - _SHOWN
    if more <= 0:
        return shown
    return ngettext("%(shown)s and %(count)d more", "%(shown)s and %(count)d more", more) % {
        "shown": shown,
        "count": more,
    }


def _refused(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={field: message})
