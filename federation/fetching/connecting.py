"""The connection: to the address that was checked and no other, and until one moment for everything together.

httpcore asks its network backend for each connection and each octet (see "Network Backends" in its documentation). Ours
knows no names: it connects to the addresses that it was given, while TLS and the Host header keep the name.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpcore
import httpx

from federation.fetching.addresses import Address

# Servers of one name that are tried, so that nobody has us knock at the doors of a hundred others.
_MOST_ADDRESSES = 4

Clock = Callable[[], float]


class Deadline:
    """A moment until which everything has to be done.

    Args:
        seconds: how long from now.
        clock: tells the time, in seconds from whenever.
    """

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: there are none.
        """
        seconds = self._end - self._clock()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class _Stream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses that it was made with, whatever name it is asked for."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        addresses = self._addresses[:_MOST_ADDRESSES]
        for number, address in enumerate(addresses):
            share = self._deadline.left() / (len(addresses) - number)
            try:
                stream = self._inner.connect_tcp(str(address), port, share, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class PinnedTransport(httpx.BaseTransport):
    """Sends a request to addresses that were checked before.

    Args:
        addresses: where to connect to, in the order in which to try them.
        deadline: until when everything has to be done.
        tls: decides which certificates are good; the name in the URL is what they have to be for.
    """

    def __init__(self, addresses: Sequence[Address], *, deadline: Deadline, tls: ssl.SSLContext) -> None:
        backend = _Backend(addresses, deadline)
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend, max_connections=1, retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`."""
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
            )
        )
        return httpx.Response(status_code=response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """See `httpx.BaseTransport`."""
        self._pool.close()
