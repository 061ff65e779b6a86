"""Pushed authorization requests (RFC 9126): the application's server says what it asks, and the browser brings a name.

Nothing of the request is then in an address, and nobody between can change it.
"""

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.core.errors import RequestURINotSupportedError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from federation.provider.asking import validated
from federation.provider.client import OPEN_AUTH_METHODS, Client
from federation.provider.requests import RESOURCE, ProviderRequest, from_http, from_parameters, refuse_malformed
from federation.provider.server import server
from federation.services.pushed_requests import LIFETIME, PREFIX, push_request, take_request

# Of all values together; a browser could not bring nearly as much.
_LONGEST = 20_000


class InvalidRequestUri(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """The name of a pushed request leads to none (RFC 9101 section 7.1, RFC 9126 section 4)."""

    error = "invalid_request_uri"
    description = "The request has expired or was used. Go back to the application and begin again."


class TooLarge(InvalidRequestError):  # type: ignore[misc]  # Authlib ships no types
    """More is pushed than we keep, which has a status of its own (RFC 9126 section 2.3)."""

    status_code = 413
    description = "The request is too large."


@csrf_exempt
@require_POST
@cache_control(no_store=True)
def push(request: HttpRequest) -> HttpResponse:
    """Take an application's authorization request, and answer the name for it (section 2)."""
    pushed = from_http(request)
    try:
        refuse_malformed(pushed)
        client = server.authenticate_client(pushed, list(OPEN_AUTH_METHODS), "pushed_authorization_request")
        application, _asked, parameters = validated(_of_client(pushed, client))
    except OAuth2Error as error:
        # Wherever the request would have an error of a browser's go, this one is for the server that asks.
        refused: HttpResponse = server.handle_response(error.status_code, dict(error.get_body()), error.get_headers())
        return refused
    uri = push_request(application, parameters)
    return JsonResponse({"request_uri": uri, "expires_in": int(LIFETIME.total_seconds())}, status=201)


def _of_client(pushed: ProviderRequest, client: Client) -> ProviderRequest:
    """Return the request as a browser would have brought it: as the authenticated client's, without its credentials.

    Raises:
        TooLarge: it is more than is kept.
        RequestURINotSupportedError: it names another request (section 2.1).
    """
    data = pushed.payload.data
    if "request_uri" in data:
        raise RequestURINotSupportedError
    if sum(map(len, [*data.values(), *pushed.payload.resources])) > _LONGEST:
        raise TooLarge
    resources = {RESOURCE: pushed.payload.resources} if RESOURCE in data else {}
    return from_parameters({**data, **resources, "client_id": client.client_id})


def is_pushed(request: ProviderRequest) -> bool:
    """Say whether a browser brings the name of a pushed request."""
    return request.payload.data.get("request_uri", "").startswith(PREFIX)


def pushed_parameters(request: ProviderRequest) -> dict[str, str]:
    """Return the parameters of the request that a browser names, and use the name up. Others beside it do not count.

    Raises:
        OAuth2Error: there is none of this client's, and nobody knows where to say so but on a page.
    """
    refuse_malformed(request)
    data = request.payload.data
    parameters = take_request(data["request_uri"], client_id=data.get("client_id", ""))
    if parameters is None:
        raise InvalidRequestUri
    return parameters
