"""Where an OpenID Connect or social provider is, and how it is asked."""

import functools
import ssl
import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from local.cognito.hosted.answers import Refusal
from local.cognito.model import Doc
from local.cognito.providers import SOCIAL
from local.cognito.store import Store

_SECONDS = 10
_ADDRESSES = "social-addresses"
_DISCOVERY = "/.well-known/openid-configuration"
_APPLE_AUDIENCE = "https://appleid.apple.com"
# Where these three name somebody other than by OpenID Connect's sub
# (DG:cognito-user-pools-specifying-attribute-mapping).
_SUBJECTS = {"Facebook": "id", "LoginWithAmazon": "user_id"}


@dataclass(frozen=True)
class RemoteProvider:
    """A provider of codes.

    Attributes:
        has_id_token: False for the two that speak OAuth 2.0 alone: they are believed what their userinfo says.
        subject_claim: the claim that names the person.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    authorize_url: str
    token_url: str
    userinfo_url: str | None
    userinfo_method: str
    jwks_url: str | None
    has_id_token: bool
    subject_claim: str
    takes_login_hint: bool


def social_addresses(store: Store) -> dict[str, str]:
    """Where the social providers are played, by type; those that are not named are nowhere."""
    return dict(store.get("meta", name=_ADDRESSES) or {})


def change_social_addresses(store: Store, changes: dict[str, str | None]) -> dict[str, str]:
    """Say where an OpenID provider plays a social one; None takes it away. ValueError for any other type."""
    if set(changes) - SOCIAL:
        raise ValueError(f"the social providers are {', '.join(sorted(SOCIAL))}")
    with store.transaction():
        merged = {**social_addresses(store), **changes}
        addresses = {name: str(address).rstrip("/") for name, address in merged.items() if address}
        store.put("meta", addresses, name=_ADDRESSES)
    return addresses


async def find_remote(provider: Doc, addresses: dict[str, str]) -> RemoteProvider:
    """The provider with its endpoints: those that were configured, discovered where some are missing.

    Raises:
        Refusal: discovery fails, or says that it is somebody else's.
    """
    kind, name, details = str(provider["ProviderType"]), str(provider["ProviderName"]), provider["ProviderDetails"]
    social = kind in SOCIAL
    if social and kind not in addresses:
        raise Refusal("server_error", f"This local Cognito was not told where {kind} is: POST /_local/social")
    issuer = addresses[kind] if social else str(details["oidc_issuer"])
    found: Doc = {} if social else _configured(details)
    if not {"authorize_url", "token_url", "jwks_uri"} <= found.keys():
        found = {**await _discovered(name, issuer), **found}
    return RemoteProvider(
        name=name,
        issuer=issuer,
        client_id=str(details["client_id"]),
        client_secret=_apple_secret(details) if kind == "SignInWithApple" else str(details["client_secret"]),
        scopes=str(details["authorize_scopes"]).replace(",", " "),
        authorize_url=found["authorize_url"],
        token_url=found["token_url"],
        userinfo_url=found.get("attributes_url"),
        userinfo_method=str(details.get("attributes_request_method", "GET")),
        jwks_url=found.get("jwks_uri"),
        has_id_token=kind not in _SUBJECTS,
        subject_claim=_SUBJECTS.get(kind, "sub"),
        # Forwarded to OIDC providers only (reference 3.3).
        takes_login_hint=not social,
    )


def _configured(details: Doc) -> Doc:
    names = ("authorize_url", "token_url", "attributes_url", "jwks_uri")
    return {name: str(details[name]) for name in names if details.get(name)}


async def _discovered(name: str, issuer: str) -> Doc:
    """The endpoints of a discovery document, which must be its issuer's (OpenID Connect Discovery 4.3)."""
    document = await ask(name, "GET", f"{issuer.rstrip('/')}{_DISCOVERY}")
    if document.get("issuer") != issuer:
        raise Refusal("invalid_request", f"{name} Error - the discovery document is that of {document.get('issuer')}")
    names = {
        "authorize_url": "authorization_endpoint",
        "token_url": "token_endpoint",
        "attributes_url": "userinfo_endpoint",
        "jwks_uri": "jwks_uri",
    }
    found = {ours: str(document[theirs]) for ours, theirs in names.items() if document.get(theirs)}
    if not {"authorize_url", "token_url"} <= found.keys():
        raise Refusal("invalid_request", f"{name} Error - the discovery document names no endpoints")
    return found


def _apple_secret(details: Doc) -> str:
    """The client secret that Apple wants: a JWT signed with the developer's key (Apple, "Creating a client secret")."""
    now = int(time.time())
    claims = {
        "iss": details["team_id"],
        "iat": now,
        "exp": now + 300,
        "aud": _APPLE_AUDIENCE,
        "sub": details["client_id"],
    }
    try:
        return jwt.encode(claims, str(details["private_key"]), algorithm="ES256", headers={"kid": details["key_id"]})
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise Refusal("server_error", "SignInWithApple Error - the private key cannot be read") from error


# Reading the certificates of all authorities takes longer than a whole sign-in.
@functools.cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def http_client() -> httpx.AsyncClient:
    """For one request to a provider, which has ten seconds and is not followed elsewhere."""
    return httpx.AsyncClient(timeout=_SECONDS, verify=_trusted())


async def ask(name: str, method: str, url: str, **how: Any) -> Doc:
    """The JSON object that a provider answers.

    Raises:
        Refusal: it cannot be reached, or refuses: then in its own words, behind its name and the HTTP status
            (DG:federation-endpoint-idp-responses).
    """
    try:
        async with http_client() as client:
            answer = await client.request(method, url, **how)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refusal("server_error", f"{name} Error - {type(error).__name__}") from error
    try:
        body = answer.json()
    except ValueError:
        body = None
    said: Doc = body if isinstance(body, dict) else {}
    if not answer.is_success:
        code, description = str(said.get("error", "server_error")), str(said.get("error_description", ""))
        raise Refusal(code, f"{name} Error - {answer.status_code} {code} {description}".strip())
    if not isinstance(body, dict):
        raise Refusal("server_error", f"{name} Error - {answer.status_code} the answer is not a JSON object")
    return said
