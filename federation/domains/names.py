"""From what a person types to the name of a domain that can be claimed. Pure."""

import re
from functools import cache

from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList

from federation.domains.public_mail import PUBLIC_MAIL
from tenants.errors import ValidationFailed

# RFC 1035, section 2.3.4, in the form that goes over the wire.
LONGEST = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@cache
def _suffixes() -> PublicSuffixList:
    """Mozilla's list as the library brings it: what is not on it is taken for a registry's name too."""
    return PublicSuffixList(accept_unknown=True)


def claimable(text: str) -> str:
    """Return the domain that somebody typed, in lower case and in ASCII (RFC 5891), if one tenant can have it.

    An e-mail address or a web address is understood for the domain in it.

    Raises:
        ValidationFailed: it is no name of a domain, a registry's, or one at which anybody gets an address.
    """
    name = ascii_name(_bare(text))
    if not _is_domain(name):
        raise _refused(_("Enter the domain of your e-mail addresses, such as example.com."))
    if name.rpartition(".")[2].isdecimal():
        raise _refused(_("This is an IP address. Enter the domain of your e-mail addresses, such as example.com."))
    if _suffixes().privatesuffix(name) is None:
        raise _refused(_("Under %(domain)s anybody can register a name. Enter your own.") % {"domain": name})
    if name in PUBLIC_MAIL:
        raise _refused(
            _("Anybody can have an address at %(domain)s, so no organization can claim it.") % {"domain": name}
        )
    return name


def domain_of(email: str) -> str:
    """Return the domain of an e-mail address in the form that `claimable` gives; empty where it has none."""
    _local, at, domain = email.rpartition("@")
    return ascii_name(domain) if at else ""


def normal_address(email: str) -> str:
    """Return an e-mail address in the form in which addresses are compared: lower case, its domain in ASCII.

    What is before the @ is compared without case too: RFC 5321, section 2.4, leaves it to the host, and no identity
    provider makes a difference. Empty where it is no address.
    """
    local, _at, _domain = email.strip().rpartition("@")
    domain = domain_of(email)
    return f"{local.lower()}@{domain}" if local and domain else ""


def ascii_name(name: str) -> str:
    """Return a name in lower case and in ASCII (RFC 5891); empty where it cannot be."""
    try:
        return name.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def subdomain_of(text: str, domain: str) -> str:
    """Return the name below a domain that somebody typed, whole or only its label; empty where it is none."""
    name = ascii_name(text)
    if name and "." not in name:
        name = f"{name}.{domain}"
    return name if name.endswith(f".{domain}") and _is_domain(name) else ""


def _bare(text: str) -> str:
    name = text.strip().lower()
    name = name.partition("://")[2] or name
    return name.partition("/")[0].rpartition("@")[2].partition(":")[0].rstrip(".")


def _is_domain(name: str) -> bool:
    labels = name.split(".")
    return len(name) <= LONGEST and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)


def _refused(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"name": message})
