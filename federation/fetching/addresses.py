"""Which addresses are on the public internet.

By the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) and the multicast and reserved ranges, written
out: `ipaddress.is_global` has changed its mind between versions of Python, so that it is asked besides, not alone.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; 100.100.100.200 is Alibaba Cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform service, which answers to virtual machines alone
        "169.254.0.0/16",  # link-local; 169.254.169.254 is the metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle Cloud's metadata service
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6, 2000::/3 alone is global unicast (RFC 4291 and IANA's registry); these are exceptions within it.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries an IPv4 address and no server
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# An IPv4 address as networks without IPv4 write it (RFC 6052). The prefix for local use, 64:ff9b:1::/48, is not public.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Return whether an address is a host's on the public internet.

    An IPv6 address that carries an IPv4 address is as public as that one.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _V4)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and address in _GLOBAL_UNICAST and not any(address in network for network in _V6)


@dataclass(frozen=True)
class Policy:
    """Where may be fetched from.

    Args:
        allowed: networks that may be asked although they are not public, over http and at any port too. An installation
            names them in LIFEGUARD_FETCH_ALLOWED_NETWORKS, such as the loopback addresses of the local stack.
        port: the port for everybody else.
    """

    allowed: tuple[Network, ...] = ()
    port: int = 443

    def is_allowed(self, address: Address) -> bool:
        """Return whether an address is in a network that was named."""
        plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        return any(plain.version == network.version and plain in network for network in self.allowed)
