"""Asking an address, following it where it leads, each step checked as the first."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore
import httpx
from django.conf import settings

from federation.fetching import body
from federation.fetching.addresses import Policy
from federation.fetching.connecting import Clock, Deadline, PinnedTransport
from federation.fetching.model import Fetched, FetchFailed, FetchRefused
from federation.fetching.resolving import Resolver, checked, system
from federation.fetching.sayings import failed, refused
from federation.fetching.urls import Target, taken_apart
from identity.authorities import public_authorities

MOST_REDIRECTS = 3
SECONDS = 10
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "Lifeguard", "Accept": "*/*", "Accept-Encoding": "gzip"}
# X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL.
_TLS_FAULTS = {10: "tls_expired", 62: "tls_name", 64: "tls_name"}


def fetch(
    url: str,
    *,
    limit_bytes: int,
    resolver: Resolver = system,
    policy: Policy | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Clock = time.monotonic,
) -> Fetched:
    """Return what is at an address that a tenant entered.

    It is a GET without cookies, credentials or proxies, over https to a public address, within ten seconds for all of
    it: finding addresses, up to three redirects, TLS, and the body.

    Args:
        url: the address.
        limit_bytes: how large the body may be, decompressed.
        resolver: finds the addresses of a name.
        policy: where may be fetched from; by default what the installation says.
        tls: which certificates are good; by default those of public authorities.
        clock: tells the time, in seconds from whenever.

    Raises:
        FetchRefused: the address, or one that it leads to, is none that we ask; nothing was sent to that one.
        FetchFailed: it gave no usable answer.
    """
    rules = policy or Policy(allowed=settings.FETCH_ALLOWED_NETWORKS)
    asking = Asking(limit_bytes, resolver, rules, tls or public_authorities(), Deadline(SECONDS, clock))
    target = taken_apart(url, rules)
    answer = asking.ask(target)
    for _ in range(MOST_REDIRECTS):
        if isinstance(answer, Fetched):
            return answer
        try:
            target = taken_apart(urljoin(target.url, answer.location), rules)
            answer = asking.ask(target)
        except (FetchRefused, ValueError):
            # Where a server sends us is not told: who may not ask there is not to learn about it through us.
            raise refused("redirect_refused") from None
    if isinstance(answer, Fetched):
        return answer
    raise failed("too_many_redirects", limit=MOST_REDIRECTS)


@dataclass(frozen=True)
class _Redirect:
    location: str


@dataclass(frozen=True)
class Asking:
    """What is the same for each step of one fetch."""

    limit: int
    resolver: Resolver
    policy: Policy
    tls: ssl.SSLContext
    deadline: Deadline

    def ask(self, target: Target) -> Fetched | _Redirect:
        """Return what one address answers to a GET."""
        with self.answer(target, "GET", _HEADERS) as response:
            return self._read(target, response)

    @contextmanager
    def answer(
        self, target: Target, method: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Iterator[httpx.Response]:
        """Give the answer of one address, once its addresses were checked."""
        try:
            addresses = checked(target, resolver=self.resolver, policy=self.policy, seconds=self.deadline.left())
            # Without httpx.Client, which reads a redirect's address by its own rules even where it does not follow.
            request = httpx.Request(method, target.url, headers=headers, content=content)
            with (
                PinnedTransport(addresses, deadline=self.deadline, tls=self.tls) as transport,
                closing(transport.handle_request(request)) as response,
            ):
                yield response
        except (httpx.InvalidURL, UnicodeError):
            raise refused("url_invalid") from None
        except (TimeoutError, httpcore.TimeoutException):
            raise failed("timeout", host=target.host, seconds=self.deadline.seconds) from None
        except httpcore.ConnectError as error:
            raise _not_connected(target, error) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError):
            raise failed("broken_answer", host=target.host) from None

    def _read(self, target: Target, response: httpx.Response) -> Fetched | _Redirect:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _Redirect(response.headers["location"])
        if response.status_code != 200:
            raise failed("status", host=target.host, status=response.status_code)
        encoding = response.headers.get("content-encoding", "")
        content = body.read(response.iter_raw(), encoding=encoding, limit=self.limit)
        return Fetched(target.url, content, response.headers.get("content-type", "")[:100])


def _not_connected(target: Target, error: httpcore.ConnectError) -> FetchFailed:
    # httpcore gives what happened as the argument of its own exception.
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return failed(_TLS_FAULTS.get(cause.verify_code, "tls_untrusted"), host=target.host)
    return failed("tls_failed" if isinstance(cause, ssl.SSLError) else "connect_failed", host=target.host)
