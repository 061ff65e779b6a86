"""Requests in the form that Authlib's grants read, without what a proxy or a query string could slip in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from django.conf import settings
from django.http import HttpRequest

from tenants.http import client_ip

# The only parameter that may be sent more than once.
RESOURCE = "resource"


class Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib ships no types
    """The parameters of one request: those of the query, or those of the body, never both mixed."""

    def __init__(self, pairs: Iterable[tuple[str, list[str]]]) -> None:
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, values in pairs:
            self._lists[name].extend(values)

    @property
    def data(self) -> dict[str, str]:
        """One value for each name; an empty one counts as absent (RFC 6749 section 3.1)."""
        return {name: values[-1] for name, values in self._lists.items() if values and values[-1]}

    @property
    def resources(self) -> list[str]:
        """The APIs that are asked for (RFC 8707)."""
        return [value for value in self._lists.get(RESOURCE, []) if value]

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Every value of each name."""
        return self._lists


class ProviderRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """A request to one of the provider's endpoints.

    Its address is made from our own origin. The Host header and X-Forwarded-* have no say in it.
    """

    def __init__(
        self, *, method: str, path: str, headers: Mapping[str, str], payload: Payload, ip: str | None = None
    ) -> None:
        super().__init__(method, f"{settings.SIGNIN_URL}{path}", headers=headers)
        self.payload = payload
        # Of whoever sent it; None where that is not known.
        self.client_ip = ip
        # The grant says so where it refuses for that: a row alone does not tell who of two at once was second.
        self.used_twice = False

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return self.payload.data if self.method == "POST" else {}

    @property
    def args(self) -> dict[str, str]:
        """The parameters of the query."""
        return self.payload.data if self.method == "GET" else {}


def from_http(request: HttpRequest) -> ProviderRequest:
    """Return Django's request in Authlib's form."""
    source = request.POST if request.method == "POST" else request.GET
    return ProviderRequest(
        method=request.method or "GET",
        path=request.path,
        headers=request.headers,
        payload=Payload(source.lists()),
        ip=client_ip(request),
    )


def from_parameters(parameters: Mapping[str, Any]) -> ProviderRequest:
    """Return an authorization request that was kept, in Authlib's form, to be validated again."""
    payload = Payload((name, value if isinstance(value, list) else [str(value)]) for name, value in parameters.items())
    return ProviderRequest(method="GET", path="/oauth2/authorize", headers={}, payload=payload)


def refuse_malformed(request: ProviderRequest) -> None:
    """Refuse a parameter that is sent twice, since two readers could take two values from it, or has a NUL in it.

    RFC 6749 sections 3.1 and 3.2 forbid the first, but for `resource` (RFC 8707 section 2); its appendix A the second,
    which PostgreSQL could not keep either.

    Raises:
        InvalidRequestError: naming no value.
    """
    for name, values in request.payload.datalist.items():
        if len(values) > 1 and name != RESOURCE:
            raise InvalidRequestError("A parameter is sent more than once.")
        if any("\0" in value for value in values):
            raise InvalidRequestError("A parameter holds a NUL character.")
