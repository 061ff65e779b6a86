"""Addresses that must not be asked: all are refused, and nobody is connected to. The servers are real."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from federation.fetching import FetchRefused, fetch
from federation.fetching.addresses import Policy
from tests.support.web_servers import Names, silence

# Names that the resolver of these tests knows, as an attacker's own name server would answer for them.
KNOWN = {
    "loopback.example.com": ["127.0.0.1"],
    "six.example.com": ["::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "private.example.com": ["10.0.0.7"],
    "metadata.example.com": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
    "aws-six.example.com": ["fd00:ec2::254"],
    "mixed.example.com": ["93.184.215.14", "127.0.0.1"],
    "mixed-six.example.com": ["93.184.215.14", "::1"],
    "carrier.example.com": ["100.100.100.200"],
    "translated.example.com": ["64:ff9b::7f00:1"],
    "tunnelled.example.com": ["2002:7f00:1::"],
    "localhost": ["127.0.0.1"],
    "localhost.localdomain": ["127.0.0.1"],
    "127.0.0.1.nip.example.com": ["127.0.0.1"],
}

# {port} is one on which real servers listen, on 127.0.0.1 and on ::1, and counts as the usual one: what refuses these
# is the address, and nothing else.
HOSTILE = [
    # literal addresses
    ("https://127.0.0.1:{port}/", "address_not_public"),
    ("https://127.1.2.3:{port}/", "address_not_public"),
    ("https://0.0.0.0:{port}/", "address_not_public"),
    ("https://10.0.0.1/", "address_not_public"),
    ("https://172.16.0.1/", "address_not_public"),
    ("https://192.168.1.1/", "address_not_public"),
    ("https://100.64.0.1/", "address_not_public"),
    ("https://169.254.169.254/latest/meta-data/", "address_not_public"),
    ("https://168.63.129.16/", "address_not_public"),
    ("https://224.0.0.1/", "address_not_public"),
    ("https://255.255.255.255/", "address_not_public"),
    ("https://[::1]:{port}/", "address_not_public"),
    ("https://[::]:{port}/", "address_not_public"),
    ("https://[0:0:0:0:0:0:0:1]:{port}/", "address_not_public"),
    ("https://[::127.0.0.1]:{port}/", "address_not_public"),
    ("https://[fe80::1]/", "address_not_public"),
    ("https://[fe80::1%25eth0]/", "url_invalid"),
    ("https://[::1%25lo]:{port}/", "url_invalid"),
    ("https://[fc00::1]/", "address_not_public"),
    ("https://[fd00:ec2::254]/latest/meta-data/", "address_not_public"),
    ("https://[fec0::1]/", "address_not_public"),
    ("https://[ff02::1]/", "address_not_public"),
    ("https://[2001:db8::1]/", "address_not_public"),
    # IPv6 that carries IPv4
    ("https://[::ffff:127.0.0.1]:{port}/", "address_not_public"),
    ("https://[::ffff:7f00:1]:{port}/", "address_not_public"),
    ("https://[::ffff:169.254.169.254]/", "address_not_public"),
    ("https://[::ffff:0:127.0.0.1]:{port}/", "address_not_public"),
    ("https://[64:ff9b::127.0.0.1]:{port}/", "address_not_public"),
    ("https://[64:ff9b:1::7f00:1]:{port}/", "address_not_public"),
    ("https://[2002:7f00:1::]:{port}/", "address_not_public"),
    ("https://[2001:0:7f00:1::]:{port}/", "address_not_public"),
    # numbers that somebody reads as 127.0.0.1 or 169.254.169.254
    ("https://2130706433:{port}/", "host_invalid"),
    ("https://0x7f000001:{port}/", "host_invalid"),
    ("https://0x7f.1:{port}/", "host_invalid"),
    ("https://0x7f.0x0.0x0.0x1:{port}/", "host_invalid"),
    ("https://0177.0.0.1:{port}/", "host_invalid"),
    ("https://017700000001:{port}/", "host_invalid"),
    ("https://127.1:{port}/", "host_invalid"),
    ("https://127.0.1:{port}/", "host_invalid"),
    ("https://127.0.0.01:{port}/", "host_invalid"),
    ("https://127.0.0.1.:{port}/", "host_invalid"),
    ("https://2852039166/", "host_invalid"),
    ("https://0xa9fea9fe/", "host_invalid"),
    ("https://1.2.3.4.5/", "host_invalid"),
    ("https://999.0.0.1/", "host_invalid"),
    # names
    *((f"https://{name}:{{port}}/", "host_not_public") for name in KNOWN),
    ("https://LOCALHOST:{port}/", "host_not_public"),
    ("https://localhost.:{port}/", "host_invalid"),
    ("https://idp.example.com.:{port}/", "host_invalid"),
    ("https://unknown.example.com:{port}/", "host_not_public"),
    ("https://host_name.example.com/", "host_invalid"),
    ("https://-a.example.com/", "host_invalid"),
    ("https://a..example.com/", "host_invalid"),
    ("https://" + "a" * 64 + ".example.com/", "host_invalid"),
    # letters that are turned into digits and dots by some
    ("https://１２７.０.０.１:{port}/", "host_invalid"),
    ("https://①②⑦.⓪.⓪.①:{port}/", "host_invalid"),
    ("https://127。0。0。1:{port}/", "host_invalid"),
    ("https://loc\u200balhost:{port}/", "host_invalid"),
    ("https://lоcalhost:{port}/", "host_invalid"),
    # tricks with user names, and with what reads an address how
    ("https://idp.example.com@127.0.0.1:{port}/", "url_password"),
    ("https://user:secret@127.0.0.1:{port}/", "url_password"),
    ("https://@127.0.0.1:{port}/", "url_password"),
    ("https://idp.example.com:443@127.0.0.1:{port}/", "url_password"),
    ("https://127.0.0.1:{port}\\@idp.example.com/", "url_invalid"),
    ("https://idp.example.com\\.127.0.0.1:{port}/", "url_invalid"),
    ("https://127.0.0.1:{port}#@idp.example.com/", "address_not_public"),
    ("https://127.0.0.1:{port}?@idp.example.com/", "address_not_public"),
    ("https://127.0.0.1:{port}/?x=\r\nHost: idp.example.com", "url_invalid"),
    ("https://127.0.0.1%2f:{port}/", "host_invalid"),
    ("https://127.0.0.1%00.example.com/", "host_invalid"),
    ("https://[::1]idp.example.com:{port}/", "url_invalid"),
    ("https://[127.0.0.1]:{port}/", "url_invalid"),
    ("https://[::1", "url_invalid"),
    ("https:127.0.0.1:{port}", "url_invalid"),
    ("https:///127.0.0.1:{port}/", "url_invalid"),
    ("https://:{port}/", "url_invalid"),
    ("https://127.0.0.1:{port}:{port}/", "url_invalid"),
    ("https://127.0.0.1:99999/", "url_invalid"),
    ("https://127.0.0.1:0/", "url_invalid"),
    ("https://127.0.0.1:٤٤٣/", "host_invalid"),
    ("//127.0.0.1:{port}/", "url_invalid"),
    ("127.0.0.1:{port}", "url_invalid"),
    ("", "url_invalid"),
    ("https://idp.example.com/" + "a" * 3000, "url_invalid"),
    # other schemes and ports
    ("http://127.0.0.1:{port}/", "url_not_https"),
    ("http://idp.example.com/", "url_not_https"),
    ("https://127.0.0.1:22/", "url_port"),
    ("https://idp.example.com:8443/", "url_port"),
    ("file:///etc/passwd", "url_not_https"),
    ("gopher://127.0.0.1:{port}/_x", "url_not_https"),
    ("ftp://127.0.0.1:{port}/", "url_not_https"),
    ("javascript:alert(1)", "url_not_https"),
    ("data:text/xml,<a/>", "url_invalid"),
    ("unix:/var/run/docker.sock", "url_not_https"),
]


@contextmanager
def unheard() -> Iterator[int]:
    """Real listeners at one port of 127.0.0.1 and, where the machine has it, ::1, to which nobody may connect."""
    with ExitStack() as stack:
        port = stack.enter_context(silence())
        with suppress(OSError):
            stack.enter_context(silence("::1", port))
        yield port


@pytest.mark.parametrize(("url", "code"), HOSTILE)
def test_a_hostile_address_is_refused_and_nobody_is_connected_to(url: str, code: str) -> None:
    with unheard() as port:
        policy = Policy(port=port) if "{port}" in url else Policy()
        with pytest.raises(FetchRefused) as refused:
            fetch(url.replace("{port}", str(port)), limit_bytes=1000, resolver=Names(KNOWN), policy=policy)
    assert refused.value.code == code
    assert refused.value.remedy


def test_the_listeners_would_notice() -> None:
    with pytest.raises(AssertionError, match="connected"), silence() as own:
        socket.create_connection(("127.0.0.1", own)).close()


@pytest.mark.parametrize("host", sorted(KNOWN))
def test_an_internal_name_looks_like_one_that_does_not_exist(host: str) -> None:
    """Otherwise this would be a way to ask the network that we run in for its names."""
    with pytest.raises(FetchRefused) as known:
        fetch(f"https://{host}/", limit_bytes=1000, resolver=Names(KNOWN), policy=Policy())
    with pytest.raises(FetchRefused) as unknown:
        fetch(f"https://{host}/", limit_bytes=1000, resolver=Names({}), policy=Policy())
    assert str(known.value) == str(unknown.value)
    assert not any(address in str(known.value).replace(host, "") for address in KNOWN[host])


def test_the_system_resolver_is_checked_too() -> None:
    with silence() as own, pytest.raises(FetchRefused) as refused:
        fetch(f"https://localhost:{own}/", limit_bytes=1000, policy=Policy(port=own))
    assert refused.value.code == "host_not_public"
