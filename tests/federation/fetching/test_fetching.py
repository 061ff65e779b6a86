"""What is fetched is what was checked: pinned, bounded in time and size, each redirect as the first address."""

import gzip
import itertools
import os
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from federation.fetching import Fetched, FetchFailed, FetchRefused, fetch
from federation.fetching.addresses import Address, Policy
from federation.fetching.connecting import Clock
from tests.support.web_servers import Names, Server, http, redirect, serving, silence

HERE = Policy(allowed=(ip_network("127.0.0.1/32"), ip_network("::1/128")))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def get(server: Server, path: str = "/", *, limit: int = 1000, clock: Clock = time.monotonic) -> Fetched:
    return fetch(f"http://127.0.0.1:{server.port}{path}", limit_bytes=limit, policy=HERE, clock=clock)


def code(server: Server, path: str = "/", *, limit: int = 1000, clock: Clock = time.monotonic) -> str:
    with pytest.raises((FetchFailed, FetchRefused)) as raised:
        get(server, path, limit=limit, clock=clock)
    assert raised.value.message
    assert raised.value.remedy
    return raised.value.code


def test_what_is_there_is_returned(server: Server) -> None:
    server.answers["/metadata?x=1"] = http("200 OK", b"<a/>", "Content-Type: text/xml")
    found = get(server, "/metadata?x=1#part")
    assert found == Fetched(f"http://127.0.0.1:{server.port}/metadata?x=1", b"<a/>", "text/xml")


def test_nothing_of_us_is_sent_along(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.answers["/a"] = http("302 Found", b"", "Location: /b", "Set-Cookie: session=1")
    get(server, "/a")
    assert len(server.requests) == 2
    names = {line.split(b":")[0].lower() for line in server.requests[1].split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept", b"accept-encoding", b"user-agent"}
    assert os.environ["ALL_PROXY"]


def test_an_unusual_address_needs_a_network_that_was_named(server: Server) -> None:
    """Networks that are named open http and other ports for themselves, not for the public internet."""
    names = Names({"public.example.com": ["93.184.215.14"], "here.example.com": ["127.0.0.1"]})
    with pytest.raises(FetchRefused) as refused:
        fetch("http://public.example.com/", limit_bytes=1, policy=HERE, resolver=names)
    assert refused.value.code == "url_not_https"
    with pytest.raises(FetchRefused) as refused:
        fetch("https://public.example.com:8443/", limit_bytes=1, policy=HERE, resolver=names)
    assert refused.value.code == "url_port"
    assert fetch(f"http://here.example.com:{server.port}/", limit_bytes=1, policy=HERE, resolver=names).content == b""
    assert b"Host: here.example.com" in server.requests[0]


def test_the_setting_of_the_installation_counts(server: Server, settings: Settings) -> None:
    url = f"http://127.0.0.1:{server.port}/"
    settings.FETCH_ALLOWED_NETWORKS = HERE.allowed
    assert fetch(url, limit_bytes=1).url == url
    settings.FETCH_ALLOWED_NETWORKS = ()
    with pytest.raises(FetchRefused):
        fetch(url, limit_bytes=1)


# Rebinding and redirects.


def test_a_name_that_changes_between_check_and_use_is_asked_for_once(server: Server) -> None:
    class Rebinding(Names):
        def __call__(self, host: str, seconds: float) -> Sequence[Address]:
            self.addresses = {host: ["127.0.0.2" if self.asked else "127.0.0.1"]}
            return super().__call__(host, seconds)

    names = Rebinding({})
    both = Policy(allowed=(ip_network("127.0.0.0/8"),))
    with silence("127.0.0.2", server.port):
        fetch(f"http://rebinding.example.com:{server.port}/", limit_bytes=1, policy=both, resolver=names)
    assert names.asked == ["rebinding.example.com"]
    assert len(server.requests) == 1


def test_a_name_that_changes_before_the_redirect_is_checked_again(server: Server) -> None:
    answers = itertools.chain(["127.0.0.1"], itertools.repeat("127.0.0.2"))
    with silence("127.0.0.2", server.port):
        server.answers["/a"] = redirect("/b")
        with pytest.raises(FetchRefused) as refused:
            fetch(
                f"http://rebinding.example.com:{server.port}/a",
                limit_bytes=1,
                policy=HERE,
                resolver=lambda host, seconds: Names({host: [next(answers)]})(host, seconds),
            )
    assert refused.value.code == "redirect_refused"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "//127.0.0.2:{port}/",
        "https://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "http://2130706434:{port}/",
        "http://private.example.com:{port}/",
        "http://user@127.0.0.2:{port}/",
        "http://127.0.0.1:{port}@127.0.0.2:{port}/",
        "file:///etc/passwd",
        "http://[",
        "\\\\127.0.0.2:{port}\\",
    ],
)
def test_a_redirect_to_where_nobody_is_asked_is_refused(server: Server, location: str) -> None:
    server.answers["/"] = redirect(location.replace("{port}", str(server.port)))
    names = Names({"private.example.com": ["127.0.0.2"]})
    with silence("127.0.0.2", server.port), pytest.raises(FetchRefused) as refused:
        fetch(f"http://127.0.0.1:{server.port}/", limit_bytes=1, policy=HERE, resolver=names)
    assert refused.value.code == "redirect_refused"
    assert "127.0.0.2" not in str(refused.value)
    assert len(server.requests) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(server: Server) -> None:
    for number in range(4):
        server.answers[f"/{number}"] = redirect(f"/{number + 1}")
    server.answers["/4"] = http("200 OK", b"there")
    assert get(server, "/1").content == b"there"
    assert code(server, "/0") == "too_many_redirects"


def test_a_redirect_to_itself_ends(server: Server) -> None:
    server.answers["/"] = redirect("/")
    assert code(server) == "too_many_redirects"
    assert len(server.requests) == 4


# Size, compression, time.


@pytest.mark.parametrize("size", [1000, 1001, 5_000_000])
def test_an_answer_may_be_as_large_as_the_limit(server: Server, size: int) -> None:
    server.answers["/"] = http("200 OK", b"x" * size)
    if size <= 1000:
        assert len(get(server).content) == size
    else:
        assert code(server) == "too_large"


def test_a_length_that_lies_changes_nothing(server: Server) -> None:
    def endless(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    server.answers["/"] = endless
    assert code(server) == "too_large"


def test_a_compressed_answer_is_expanded(server: Server) -> None:
    server.answers["/"] = http("200 OK", gzip.compress(b"x" * 1000), "Content-Encoding: gzip")
    assert get(server).content == b"x" * 1000


def test_a_bomb_does_not_go_off(server: Server) -> None:
    """A hundred megabytes in a hundred kilobytes: refused after a megabyte, of which a few copies are made."""
    server.answers["/"] = http("200 OK", gzip.compress(b"\0" * 100_000_000), "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        assert code(server, limit=1_000_000) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"x"),
        ("deflate", zlib.compress(b"x")),
        ("gzip, gzip", b"x"),
        ("gzip", b"x"),
        ("gzip", gzip.compress(b"x")[:-9]),
    ],
)
def test_other_or_damaged_compression_is_refused(server: Server, encoding: str, body: bytes) -> None:
    server.answers["/"] = http("200 OK", body, f"Content-Encoding: {encoding}")
    assert code(server) == "compression"


def ticking() -> Clock:
    """A clock on which a second goes by whenever somebody looks."""
    seconds = itertools.count()
    return lambda: float(next(seconds))


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"]
)
def test_who_sends_an_octet_at_a_time_is_not_waited_for(server: Server, start: bytes) -> None:
    """Each octet comes in time, all together never would: one moment ends the headers as well as the body."""

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(start)
        while True:
            connection.sendall(b"x")

    server.answers["/"] = drip
    assert code(server, limit=10**9, clock=ticking()) == "timeout"


def test_a_resolver_that_takes_too_long_is_not_waited_for() -> None:
    def slow(host: str, seconds: float) -> Sequence[Address]:
        raise TimeoutError

    with pytest.raises(FetchFailed) as failed:
        fetch("https://idp.example.com/", limit_bytes=1, resolver=slow, policy=Policy())
    assert failed.value.code == "timeout"


# Answers that are none, told without what they say.


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "304 Not Modified", "401 Who"])
def test_another_status_is_told_without_its_page(server: Server, status: str) -> None:
    server.answers["/"] = http(status, b"" if status[0] in "23" else b"internal secret")
    with pytest.raises(FetchFailed, match=status[:3]) as failed:
        get(server)
    assert "secret" not in str(failed.value) + failed.value.remedy


@pytest.mark.parametrize(
    "text", [b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 99999]
)
def test_what_is_no_web_server_is_told_without_what_it_says(server: Server, text: bytes) -> None:
    server.answers["/"] = lambda connection, request: connection.sendall(text)
    with pytest.raises(FetchFailed) as failed:
        get(server)
    assert failed.value.code == "broken_answer"
    assert "SSH" not in str(failed.value) + failed.value.remedy


def test_a_closed_port_is_told() -> None:
    with silence() as port:
        pass
    with pytest.raises(FetchFailed) as failed:
        fetch(f"http://127.0.0.1:{port}/", limit_bytes=1, policy=HERE)
    assert failed.value.code == "connect_failed"


def test_the_next_address_is_tried_where_one_does_not_answer(server: Server) -> None:
    names = Names({"two.example.com": ["::1", "127.0.0.1"]})
    fetch(f"http://two.example.com:{server.port}/", limit_bytes=1, policy=HERE, resolver=names)
    assert len(server.requests) == 1
