"""Whatever is entered, nothing leaves the fetcher but its own errors, and nothing private is connected to."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.fetching import Fetched, FetchError, FetchRefused, fetch
from federation.fetching.addresses import Address, Policy
from tests.support.web_servers import Server, http, serving

many = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PIECES = st.sampled_from(
    [
        *(
            "https://",
            "http://",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "::",
            "[",
            "]",
            "?",
            "#",
            "%",
            "%00",
            ".",
            "..",
            ";",
            "&",
            "=",
        ),
        *(
            "127.0.0.1",
            "127.1",
            "0x7f",
            "0177",
            "2130706433",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
            "localhost",
            "443",
            ":443",
        ),
        *("a", "idp.example.com", "xn--", "xn--80ak6aa92e.com", "。", "①", "ß", "\u200d", "\x00", "\r\n", " ", "\t"),
    ]
)
ADDRESSES = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


def loopback(host: str, seconds: float) -> Sequence[Address]:
    return [ip_address("127.0.0.1")]


@many
@given(ADDRESSES | ADDRESSES.map("https://{}".format))
def test_any_address_that_leads_to_this_machine_is_refused(url: str) -> None:
    """Each name leads to 127.0.0.1 here, so that nothing at all may be asked."""
    with pytest.raises(FetchRefused):
        fetch(url, limit_bytes=1, resolver=loopback, policy=Policy())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def outcome(url: str) -> Fetched | FetchError:
    here = Policy(allowed=(ip_network("127.0.0.1/32"),))
    try:
        return fetch(url, limit_bytes=100, resolver=loopback, policy=here)
    except FetchError as error:
        return error


@many
@given(host=st.from_regex(r"[a-z0-9-]{1,8}(\.[a-z-]{1,5}){0,2}", fullmatch=True), path=ADDRESSES)
def test_any_path_is_asked_for_or_refused(server: Server, host: str, path: str) -> None:
    found = outcome(f"http://{host}:{server.port}/{path}")
    assert isinstance(found, Fetched) or found.code


@many
@given(location=ADDRESSES | st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255), max_size=30))
def test_any_redirect_is_followed_or_refused(server: Server, location: str) -> None:
    usable = "".join(character for character in location if character not in "\r\n\x00" and ord(character) < 256)
    server.answers["/start"] = http("302 Found", b"", f"Location: {usable}")
    found = outcome(f"http://idp.example.com:{server.port}/start")
    assert isinstance(found, Fetched) or found.code
