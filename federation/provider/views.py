"""The provider's endpoints that applications and their servers call: metadata, keys, tokens, userinfo, revocation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from federation.levels import LEVELS
from federation.provider.client import CLIENT_AUTH_METHODS, GRANT_TYPES, OPEN_AUTH_METHODS, SCOPES
from federation.provider.cors import from_any_origin, from_public_clients
from federation.provider.device import DeviceAuthorization
from federation.provider.introspection import Introspection
from federation.provider.mint import family_of, person_claims, subject_of
from federation.provider.prompt import PROMPTS, RESPONSE_MODES
from federation.provider.server import Revocation, server
from federation.services.signing_keys import key_set
from federation.services.token_families import still_entitled
from identity.jwt_checks import TokenInvalid
from identity.tokens import verify_own_access_token
from tenants.client_keys import ALGORITHMS

# What applications may sign with, whose keys we have.
_ASSERTIONS = [name for names in ALGORITHMS.values() for name in names]


def metadata() -> dict[str, Any]:
    """Return what the provider says of itself (OpenID Connect Discovery section 3, RFC 8414)."""
    return {
        "issuer": settings.SIGNIN_URL,
        "authorization_endpoint": _address("oauth2-authorize"),
        "token_endpoint": _address("oauth2-token"),
        "userinfo_endpoint": _address("oauth2-userinfo"),
        "pushed_authorization_request_endpoint": _address("oauth2-par"),
        "require_pushed_authorization_requests": False,
        "device_authorization_endpoint": _address("oauth2-device-authorization"),
        "jwks_uri": _address("oauth2-jwks"),
        "revocation_endpoint": _address("oauth2-revoke"),
        "introspection_endpoint": _address("oauth2-introspect"),
        "end_session_endpoint": _address("oauth2-logout"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": list(OPEN_AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(_ASSERTIONS),
        "revocation_endpoint_auth_methods_supported": list(OPEN_AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(_ASSERTIONS),
        "introspection_endpoint_auth_methods_supported": list(CLIENT_AUTH_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(_ASSERTIONS),
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(LEVELS),
        "prompt_values_supported": list(PROMPTS),
        "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            *("iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "at_hash", "sid"),
            *("email", "email_verified", "name", "org_id", "org_slug", "roles", "groups"),
        ],
        # OpenID Connect Back-Channel Logout 1.0, section 2.1.
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }


@from_any_origin
@require_safe
@cache_control(public=True, max_age=300)
def discovery(request: HttpRequest) -> JsonResponse:
    """Answer the discovery document."""
    return JsonResponse(metadata())


@from_any_origin
@require_safe
@cache_control(public=True, max_age=300)
def jwks(request: HttpRequest) -> JsonResponse:
    """Answer the public keys. A key is published long before it signs, so that a copy of some minutes does no harm."""
    return JsonResponse(key_set())


@csrf_exempt
@from_public_clients
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code or a refresh token for tokens."""
    return server.create_token_response(request)


@csrf_exempt
@require_POST
def device_authorization(request: HttpRequest) -> HttpResponse:
    """Begin a sign-in on a device that has no browser."""
    return server.create_endpoint_response(DeviceAuthorization.ENDPOINT_NAME, request)


@csrf_exempt
@from_public_clients
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke a token and all that descend from the same code."""
    return server.create_endpoint_response(Revocation.ENDPOINT_NAME, request)


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """Say whether a token is good, and what it says."""
    return server.create_endpoint_response(Introspection.ENDPOINT_NAME, request)


@csrf_exempt
@from_public_clients
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer the claims about the person an access token is for, as they are now (OpenID Connect Core section 5.3)."""
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not presented:
        return _unauthorized("")
    try:
        claims = verify_own_access_token(presented.strip())
    except TokenInvalid:
        return _unauthorized("invalid_token")
    family = family_of(claims)
    if family is None or not still_entitled(family):
        return _unauthorized("invalid_token")
    if "openid" not in claims.scope:
        return _insufficient()
    return JsonResponse(person_claims(subject_of(family, " ".join(claims.scope))))


def _unauthorized(error: str) -> HttpResponse:
    """Return the challenge of RFC 6750 section 3; without an error where no token was sent, but never empty."""
    response = HttpResponse(status=401)
    about = f', error="{error}"' if error else ""
    response["WWW-Authenticate"] = f'Bearer realm="{settings.SIGNIN_URL}"{about}'
    return response


def _insufficient() -> HttpResponse:
    """Refuse a token of a request that was none of OpenID Connect's (RFC 6750 section 3.1)."""
    response = HttpResponse(status=403)
    response["WWW-Authenticate"] = 'Bearer error="insufficient_scope", scope="openid"'
    return response


def _address(name: str) -> str:
    return f"{settings.SIGNIN_URL}{reverse(name, urlconf='config.urls.signin')}"
