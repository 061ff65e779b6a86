"""Authorization requests: what may be asked of GET /oauth2/authorize (reference 3.3)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.cognito.clients import find_client
from local.cognito.errors import ServiceError
from local.cognito.hosted.answers import ErrorRedirect, PageError, Refusal
from local.cognito.model import Doc
from local.cognito.store import Store

LOCAL = "COGNITO"
# Base64url of a SHA-256 digest, without padding (RFC 7636 section 4.2).
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_NEED_OPENID = frozenset({"email", "phone", "profile"})


@dataclass(frozen=True)
class SignInRequest:
    """A request that may be granted.

    Attributes:
        scopes: those asked for, or all that the client may have where none was named.
        challenge: PKCE's S256 challenge, None without PKCE.
        origin: scheme, host and port under which the browser reached the domain.
    """

    pool_id: str
    client_id: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    nonce: str | None
    challenge: str | None
    origin: str

    def to_doc(self) -> dict[str, Any]:
        """As it is stored; the inverse is the constructor."""
        return asdict(self)


@dataclass(frozen=True)
class Addressee:
    """The client that made a request and where it wants the answer, both known to belong together."""

    pool: Doc
    client: Doc
    redirect_uri: str
    state: str | None


def addressee(store: Store, params: Mapping[str, str]) -> Addressee:
    """Client and redirect URI of a request.

    Raises:
        ErrorRedirect: there is no such client, or the URI is not one of its callback URLs, letter by letter
            (RFC 9700 section 2.1).
        PageError: the client's pool has no domain.
    """
    client_id = params.get("client_id", "")
    if not client_id:
        raise ErrorRedirect("invalid_request")
    try:
        client = find_client(store, client_id)
    except ServiceError as error:
        raise ErrorRedirect("invalid_client", client_id) from error
    # The default replaces the parameter for a client with one provider (B:CreateUserPoolClientRequest).
    alone = len(client.get("SupportedIdentityProviders", [])) == 1
    redirect_uri = params.get("redirect_uri") or (str(client.get("DefaultRedirectURI", "")) if alone else "")
    if not redirect_uri or redirect_uri not in client.get("CallbackURLs", []):
        raise ErrorRedirect("redirect_mismatch", client_id)
    pool = store.get("pools", id=str(client["UserPoolId"]))
    if pool is None:
        raise LookupError(f"client {client_id} of a pool that is gone")
    require_domain(store, pool)
    return Addressee(pool, client, redirect_uri, params.get("state"))


def require_domain(store: Store, pool: Doc) -> None:
    """Raise PageError for a pool without a domain, where at AWS nobody would listen."""
    if not store.select("domains", pool_id=str(pool["Id"]), limit=1):
        raise PageError(f"User pool {pool['Id']} has no domain.", status=404)


def read_request(to: Addressee, params: Mapping[str, str], origin: str) -> SignInRequest:
    """The request itself, or Refusal for the client (DG:authorization-endpoint, "Example negative requests")."""
    _check_flow(to.client, params)
    return SignInRequest(
        pool_id=str(to.pool["Id"]),
        client_id=str(to.client["ClientId"]),
        redirect_uri=to.redirect_uri,
        scopes=_scopes(to.client, params.get("scope", "")),
        state=to.state,
        nonce=params.get("nonce"),
        challenge=_challenge(params),
        origin=origin,
    )


def _check_flow(client: Doc, params: Mapping[str, str]) -> None:
    wanted = params.get("response_type")
    if wanted not in ("code", "token"):
        raise Refusal("invalid_request", "response_type must be code or token")
    if {"code": "code", "token": "implicit"}[wanted] not in client.get("AllowedOAuthFlows", []):
        raise Refusal("unauthorized_client")
    if wanted == "token":
        raise Refusal("unauthorized_client", "This local Cognito has no implicit grant.")


def _challenge(params: Mapping[str, str]) -> str | None:
    """PKCE is not required, but where it is used only S256 will do (reference 3.3)."""
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if challenge is None and method is None:
        return None
    if challenge is None or method != "S256":
        raise Refusal("invalid_request", "code_challenge needs code_challenge_method S256")
    if _CHALLENGE.fullmatch(challenge) is None:
        raise Refusal("invalid_request", "code_challenge is not an S256 challenge")
    return challenge


def _scopes(client: Doc, asked: str) -> list[str]:
    allowed = [str(scope) for scope in client.get("AllowedOAuthScopes", [])]
    scopes = list(dict.fromkeys(asked.split())) or allowed
    if set(scopes) - set(allowed):
        raise Refusal("invalid_scope")
    # Those three are of use only beside openid (DG:authorization-endpoint, scope).
    if _NEED_OPENID & set(scopes) and "openid" not in scopes:
        raise Refusal("invalid_scope")
    return scopes


def chosen_provider(store: Store, to: Addressee, params: Mapping[str, str]) -> Doc | None:
    """The provider that the request names, None where it names none or the pool itself.

    Raises:
        PageError: the client does not list it; AWS shows this on its sign-in page and tells the client nothing.
    """
    pool_id, name = str(to.pool["Id"]), params.get("identity_provider")
    identifier = params.get("idp_identifier")
    if name is None and identifier is not None:
        owner = store.get("provider_identifiers", pool_id=pool_id, identifier=identifier)
        name = "" if owner is None else str(owner["name"])
    if name is None or name == LOCAL:
        return None
    provider = store.get("providers", pool_id=pool_id, name=name)
    if provider is None or name not in to.client.get("SupportedIdentityProviders", []):
        raise PageError("Login option is not available. Please try another one")
    return provider
