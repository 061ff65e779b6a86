"""The device authorization grant (RFC 8628), on Authlib's classes with what they leave open closed.

Authlib's grant tells an unknown device code from another client's, answers `invalid_request` for both, hands out tokens
for a granted code as often as it is presented, and looks at how often a device asks only where it is told to.
"""

from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc8628 import (
    DEVICE_CODE_GRANT_TYPE,
    AuthorizationPendingError,
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    ExpiredTokenError,
    SlowDownError,
)
from django.conf import settings
from django.urls import reverse

from federation.models import DeviceGrant, TokenFamily
from federation.provider.client import OPEN_AUTH_METHODS, Client
from federation.provider.grants import IssuesTokens, kept_audiences, target_of_request
from federation.provider.requests import ProviderRequest, refuse_malformed
from federation.services.attempt_limits import DEVICE_REQUEST, Caller, LimitReached, spend
from federation.services.device_grants import LIFETIME, Begun, Standing, ask, begin, end_what_came_of, redeem
from federation.services.token_families import still_entitled
from federation.tokens import hash_token

# What a device may say about the sign-in, beside the scope; the names are those of the authorization endpoint.
_KEPT = ("organization", "login_hint", "ui_locales", "acr_values")
_LONGEST = 255


class TooMany(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """The client's network asked too often. RFC 8628 has no error for that; this one is told in HTTP's own way too."""

    error = "slow_down"
    status_code = 429

    def __init__(self, reached: LimitReached) -> None:
        super().__init__(description="Too many devices asked. Try again later.")
        self._seconds = reached.retry_after

    def get_headers(self) -> list[tuple[str, str]]:
        """Return when to try again (RFC 6585 section 4)."""
        return [*super().get_headers(), ("Retry-After", str(self._seconds))]


class DeviceAuthorization(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """Begins a request: the device gets two codes, one to ask with and one that a person types (section 3.1)."""

    CLIENT_AUTH_METHODS = list(OPEN_AUTH_METHODS)

    def create_endpoint_response(self, request: ProviderRequest) -> tuple[int, dict[str, Any], Any]:
        """Answer with the codes, and where the person goes (section 3.2)."""
        refuse_malformed(request)
        client = self.authenticate_client(request)
        if not client.check_grant_type(DEVICE_CODE_GRANT_TYPE):
            raise UnauthorizedClientError(description="The device flow is not switched on for this application.")
        parameters = _parameters(request, client)
        try:
            spend(DEVICE_REQUEST, None, str(client.application.pk), Caller(request.client_ip))
        except LimitReached as reached:
            raise TooMany(reached) from reached
        return 200, _answer(begin(client.application, parameters)), default_json_headers


def _parameters(request: ProviderRequest, client: Client) -> dict[str, Any]:
    data = request.payload.data
    kept = {name: data[name] for name in _KEPT if name in data}
    if any(len(value) > _LONGEST for value in kept.values()):
        raise InvalidRequestError("A parameter is too long.")
    request.client = client
    target = target_of_request(request)
    return {"scope": target.narrowed(request.payload.scope or ""), "audiences": kept_audiences(client, target), **kept}


def _answer(begun: Begun) -> dict[str, Any]:
    address = f"{settings.SIGNIN_URL}{reverse('device')}"
    return {
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": address,
        # The page shows the code again, to be compared, and goes on only when somebody says so (section 5.4).
        "verification_uri_complete": f"{address}?user_code={begun.user_code}",
        "expires_in": int(LIFETIME.total_seconds()),
        "interval": begun.grant.interval,
    }


class DeviceGrantType(IssuesTokens, DeviceCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    """The device asks whether it was granted, and gets its tokens once (sections 3.4 and 3.5)."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(OPEN_AUTH_METHODS)

    def validate_token_request(self) -> None:
        """Validate the client and its code, and use a granted code up: one UPDATE decides between several."""
        refuse_malformed(self.request)
        code = self.request.form.get("device_code")
        if not code:
            raise InvalidRequestError("device_code is required.")
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError(description="The device flow is not switched on for this application.")
        grant = _of_client(client, code)
        self.choose_target(client, grant.parameters["audiences"])
        self.request.client, self.request.family = client, _granted(grant)

    def create_token_response(self) -> Any:
        """Answer with tokens (RFC 6749 section 5.1)."""
        token = self.generate_token(scope=self.request.family.scope)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


def _of_client(client: Client, code: str) -> DeviceGrant:
    """Return the request that a device code is of; another client's is answered like one that nobody has."""
    found = DeviceGrant.objects.filter(device_code_hash=hash_token(code), application=client.application).first()
    if found is None:
        raise InvalidGrantError
    return found


def _granted(grant: DeviceGrant) -> TokenFamily:
    """Return the family that a granted request begins.

    Raises:
        OAuth2Error: it is not granted yet, or not any more.
    """
    match ask(grant):
        case Standing.PENDING:
            raise AuthorizationPendingError
        case Standing.TOO_SOON:
            raise SlowDownError
        case Standing.OVER:
            raise ExpiredTokenError
        case Standing.DENIED:
            raise AccessDeniedError
    family = redeem(grant)
    if family is None:
        end_what_came_of(grant)
        raise InvalidGrantError
    if not still_entitled(family):
        raise InvalidGrantError
    return family
