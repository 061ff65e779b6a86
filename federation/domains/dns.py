"""Asking DNS for the proofs of a domain."""

from collections.abc import Sequence

import dns.exception
import dns.rdatatype
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _
from dns.nameserver import Do53Nameserver

# A label of its own below the domain, as RFC 8552 keeps names with an underscore for, so that nothing else's records
# are in the answer.
LABEL = "_lifeguard-challenge"
_PREFIX = "lifeguard-domain-verification="
# For all servers and tries together, in seconds.
_PATIENCE = 8.0
# Of one answer. More records than that nobody needs, and they are somebody else's input.
_MOST_RECORDS = 50


class DnsUnavailable(Exception):
    """DNS gave no usable answer: it is not known whether the proof is there. Never to be read as its absence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def record_name(domain: str) -> str:
    """Return where the TXT record of a domain's proof stands."""
    return f"{LABEL}.{domain}"


def record_value(token: str) -> str:
    """Return what the TXT record says."""
    return f"{_PREFIX}{token}"


def proofs_of(domain: str) -> frozenset[str]:
    """Return the tokens that DNS has for a domain now; none where the name or its record does not exist.

    Raises:
        DnsUnavailable: no server answered, or none could say.
    """
    resolver = _resolver(settings.DNS_SERVERS)
    try:
        answer = resolver.resolve(record_name(domain), dns.rdatatype.TXT, lifetime=_PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return frozenset()
    except (dns.resolver.NoNameservers, dns.resolver.YXDOMAIN) as error:
        raise DnsUnavailable(_("The name servers of the domain gave no usable answer.")) from error
    except (dns.exception.DNSException, OSError) as error:
        raise DnsUnavailable(_("DNS did not answer in time.")) from error
    texts = [b"".join(record.strings).decode("ascii", "replace").strip() for record in list(answer)[:_MOST_RECORDS]]
    return frozenset(text.removeprefix(_PREFIX) for text in texts if text.startswith(_PREFIX))


def _resolver(servers: Sequence[tuple[str, int]]) -> dns.resolver.Resolver:
    """The machine's own resolvers unless others are configured. Nothing is cached here: a person waits for a change."""
    if not servers:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [Do53Nameserver(address, port) for address, port in servers]
    return resolver
