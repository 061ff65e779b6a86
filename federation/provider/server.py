"""The authorization server: Authlib's, on our clients, requests and grants."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc7009 import RevocationEndpoint
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from federation.models import RefreshToken, TokenFamily
from federation.provider import assertion
from federation.provider.client import OPEN_AUTH_METHODS, Client
from federation.provider.device import DeviceAuthorization, DeviceGrantType
from federation.provider.grants import AllowedTarget, CodeGrant, RefreshGrant, RequiredNonce, RequiredPkce
from federation.provider.introspection import Introspection
from federation.provider.presented import presented_token
from federation.provider.refused import note_refusal
from federation.provider.requests import ProviderRequest, from_http
from federation.selectors import find_application
from federation.services.token_families import revoke
from tenants.models import Application


class UnsupportedResponseType(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """Something else than a code is asked for.

    Authlib's error repeats what was sent, and fails on what an error may not hold, such as quotes (RFC 6749 section
    4.1.2.1). The name says enough.
    """

    error = "unsupported_response_type"


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """Lifeguard's authorization server. It has no configuration of its own: what it offers is what its grants say."""

    def __init__(self) -> None:
        super().__init__(client_model=Application, token_model=RefreshToken)
        self.register_client_auth_method("client_secret_basic", _by_header)
        self.register_client_auth_method(assertion.METHOD, assertion.authenticate)
        self.register_grant(CodeGrant, [RequiredPkce(required=True), RequiredNonce(), AllowedTarget()])
        self.register_grant(RefreshGrant)
        self.register_grant(DeviceGrantType)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)
        self.register_endpoint(DeviceAuthorization)

    def query_client(self, client_id: str) -> Client | None:
        """Return the application with a client id."""
        application = find_application(client_id)
        return Client(application) if application else None

    def get_authorization_grant(self, request: ProviderRequest) -> CodeGrant:
        """Return the grant of an authorization request.

        Raises:
            UnsupportedResponseType: it is no code that is asked for.
        """
        if CodeGrant.check_authorization_endpoint(request):
            found: CodeGrant = super().get_authorization_grant(request)
            return found
        sent = request.payload.redirect_uri or ""
        client = self.query_client(request.payload.client_id or "")
        # Told to the application only at an address of its own (RFC 6749 section 4.1.2.1).
        is_own = client is not None and client.check_redirect_uri(sent)
        raise UnsupportedResponseType(redirect_uri=sent if is_own else None)

    def create_oauth2_request(self, request: HttpRequest | ProviderRequest) -> ProviderRequest:
        """Return a request in Authlib's form."""
        return request if isinstance(request, ProviderRequest) else from_http(request)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Send none: nothing here listens, and a signal would carry tokens."""

    def create_token_response(self, request: HttpRequest) -> HttpResponse:
        """Answer the token endpoint; nothing may keep the answer (RFC 6749 section 5.1)."""
        began, asked = timezone.now(), self.create_oauth2_request(request)
        response = _never_stored(super().create_token_response(asked))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            note_refusal(request, response, began=began, used_twice=asked.used_twice)
        return response

    def create_endpoint_response(self, name: str, request: HttpRequest) -> HttpResponse:
        """Answer another endpoint of this server, likewise."""
        return _never_stored(super().create_endpoint_response(name, request))


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """Token revocation (RFC 7009): any token of a family ends the family, so that no refresh token outlives it."""

    CLIENT_AUTH_METHODS = list(OPEN_AUTH_METHODS)

    def authenticate_token(self, request: ProviderRequest, client: Client) -> TokenFamily | None:
        """Return the family of the token that is presented; None where there is nothing of this client's to revoke."""
        found = presented_token(request, client)
        return found.family if found else None

    def revoke_token(self, token: TokenFamily, request: ProviderRequest) -> None:
        """End the family."""
        revoke(token)


def _by_header(query_client: Callable[[str], Client | None], request: ProviderRequest) -> Client | None:
    """Return whom the Authorization header proves; none where it cannot be read, on which Authlib's own fails."""
    try:
        found: Client | None = authenticate_client_secret_basic(query_client, request)
    except ValueError:
        return None
    return found


def _never_stored(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


server = Server()
