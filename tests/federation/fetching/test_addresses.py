"""Which addresses count as the public internet, range by range and by random ones."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.fetching.addresses import Policy, is_public

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
          "2606:4700:4700::1111", "2a00:1450:4001:800::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]  # fmt: skip
# The first and the last address of each range that is not.
RANGES = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
          "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
          "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "::/128", "::1/128", "::/96", "100::/64", "64:ff9b:1::/48",
          "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/3", "5f00::/16", "fc00::/7", "fe80::/10",
          "fec0::/10", "ff00::/8", "fd00:ec2::254/128"]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", RANGES)
def test_special_ranges_are_not(text: str) -> None:
    network = ip_network(text)
    assert not is_public(network[0])
    assert not is_public(network[-1])


def test_a_zone_is_not() -> None:
    assert not is_public(IPv6Address("2606:4700:4700::1111%eth0"))


@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_not_to_be(address: IPv4Address | IPv6Address) -> None:
    if is_public(address) and (address.version == 4 or address not in ip_network("64:ff9b::/96")):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_as_public_as_itself(address: IPv4Address | IPv6Address) -> None:
    assert is_public(IPv6Address((0xFFFF << 32) | int(address))) is is_public(address)
    assert is_public(IPv6Address((0x64FF9B << 96) | int(address))) is is_public(address)
    assert not is_public(IPv6Address((0x2002 << 112) | (int(address) << 80)))
    assert not is_public(IPv6Address((0x20010000 << 96) | int(address)))


def test_named_networks_hold_for_an_address_in_either_form() -> None:
    policy = Policy(allowed=(ip_network("10.20.0.0/16"),))
    assert policy.is_allowed(ip_address("10.20.1.1"))
    assert policy.is_allowed(ip_address("::ffff:10.20.1.1"))
    assert not policy.is_allowed(ip_address("10.21.1.1"))
    assert not policy.is_allowed(ip_address("::a14:101"))
