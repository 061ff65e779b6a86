"""The authorization server: Authlib's, on our clients, requests and grants."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
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
from federation.provider.proof import Unproved, brings_proof
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
            InvalidRequestError: it does not say what is asked for (RFC 6749 section 3.1.1).
            UnsupportedResponseType: it is no code that is asked for.
        """
        if CodeGrant.check_authorization_endpoint(request):
            found: CodeGrant = super().get_authorization_grant(request)
            return found
        if not request.payload.response_type:
            raise InvalidRequestError("response_type is required.", redirect_uri=self.own_address(request))
        raise UnsupportedResponseType(redirect_uri=self.own_address(request))

    def own_address(self, request: ProviderRequest) -> str | None:
        """Return the redirect URI if it is the client's own: nowhere else is told of an error (section 4.1.2.1)."""
        sent = request.payload.redirect_uri or ""
        client = self.query_client(request.payload.client_id or "")
        return sent if client is not None and client.check_redirect_uri(sent) else None

    def authenticate_client(self, request: ProviderRequest, methods: Sequence[str], endpoint: str = "token") -> Client:
        """Return the client that a request proves; one that brings a proof is judged by it, and not let in without.

        Raises:
            InvalidRequestError: it brings several, or names another client beside.
            Unproved: it proves nobody.
        """
        allowed = [name for name in methods if name != "none"] if brings_proof(request) else list(methods)
        try:
            found: Client = super().authenticate_client(request, allowed, endpoint)
        except InvalidClientError as error:
            raise Unproved(error.description, status_code=error.status_code) from error
        if request.form.get("client_id", found.client_id) != found.client_id:
            raise InvalidRequestError("client_id is another client's.")
        return found

    def create_oauth2_request(self, request: HttpRequest | ProviderRequest) -> ProviderRequest:
        """Return a request in Authlib's form."""
        return request if isinstance(request, ProviderRequest) else from_http(request)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Send none: nothing here listens, and a signal would carry tokens."""

    def create_token_response(self, request: HttpRequest) -> HttpResponse:
        """Answer the token endpoint; nothing may keep the answer (RFC 6749 section 5.1)."""
        began, asked = timezone.now(), self.create_oauth2_request(request)
        response = _never_stored(self._token_response(asked))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            note_refusal(request, response, began=began, used_twice=asked.used_twice)
        return response

    def _token_response(self, asked: ProviderRequest) -> HttpResponse:
        if asked.payload.grant_type:
            answered: HttpResponse = super().create_token_response(asked)
            return answered
        # What is not there is no grant that we do not know (section 5.2), as Authlib takes it.
        refused: HttpResponse = self.handle_error_response(asked, InvalidRequestError("grant_type is required."))
        return refused

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
