"""Open connections by their remote address, so that a test can have one cut."""

import asyncio

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections:
    """Transports of the connections that are open now."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """A protocol class for uvicorn that keeps this register."""
        register = self._open

        class RegisteredProtocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # TCP only.
                super().connection_made(transport)
                if self.client is not None:
                    register[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    register.pop(self.client, None)
                super().connection_lost(exc)

        return RegisteredProtocol

    def drop(self, request: Request) -> None:
        """Cut the connection that `request` came by, without another byte."""
        if request.client is None:
            raise LookupError("a request without a remote address")
        self._open[(request.client.host, request.client.port)].abort()
