"""TLS: the name is the one in the address, the connection goes to where the check went, and faults are told."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from federation.fetching import Fetched, FetchFailed, fetch
from federation.fetching.addresses import Policy
from tests.support.certificates import certificate, pem
from tests.support.web_servers import Names, Server, http, server_tls, serving

HERE = Policy(allowed=(ip_network("127.0.0.1/32"),))
DAY = timedelta(days=1)


def own_certificate(*, ends: timedelta = DAY, name: str = "idp.example.com") -> str:
    now = datetime.now(UTC)
    return pem(certificate(name, not_before=now - 9 * DAY, not_after=now + ends, dns=name))


def trusting(text: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=text)


def over_tls(folder: Path, text: str, trust: ssl.SSLContext | None) -> tuple[Server, Fetched]:
    with serving(tls=server_tls(folder, text)) as server:
        server.answers["/m"] = http("200 OK", b"safe")
        names = Names({"idp.example.com": ["127.0.0.1"]})
        url = f"https://idp.example.com:{server.port}/m"
        return server, fetch(url, limit_bytes=10, policy=HERE, resolver=names, tls=trust)


def test_tls_asks_for_the_name_while_it_connects_to_the_address(tmp_path: Path) -> None:
    text = own_certificate()
    server, found = over_tls(tmp_path, text, trusting(text))
    assert found.content == b"safe"
    assert server.names == ["idp.example.com"]
    assert f"Host: idp.example.com:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize(
    ("text", "trusted", "expected"),
    [
        (own_certificate(name="other.example.com"), True, "tls_name"),
        (own_certificate(ends=-DAY), True, "tls_expired"),
        (own_certificate(), False, "tls_untrusted"),
    ],
    ids=["another name", "expired", "self-signed"],
)
def test_a_bad_certificate_is_told(tmp_path: Path, text: str, trusted: bool, expected: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        over_tls(tmp_path, text, trusting(text) if trusted else None)
    assert failed.value.code == expected


def test_a_server_without_tls_is_told() -> None:
    with serving() as server, pytest.raises(FetchFailed) as failed:
        fetch(f"https://127.0.0.1:{server.port}/", limit_bytes=1, policy=HERE)
    assert failed.value.code == "tls_failed"
