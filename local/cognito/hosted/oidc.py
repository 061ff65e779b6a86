"""Signing in through an OpenID Connect provider: the request, the code's exchange, and what is believed."""

from collections.abc import Mapping
from urllib.parse import urlencode

import jwt
from jwt import PyJWK

from local.cognito.hosted.answers import Refusal
from local.cognito.hosted.people import Person
from local.cognito.hosted.providers import RemoteProvider, ask
from local.cognito.model import Doc

# No HMAC, whose key would be public, and never "none".
_ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_FORWARDED_PROMPTS = frozenset({"login", "select_account", "consent"})


def authorize_url(remote: RemoteProvider, callback: str, state: str, nonce: str, asked: Mapping[str, str]) -> str:
    """Where the browser is sent. Of the client's request, login_hint and prompt go along (reference 3.3)."""
    parameters = {
        "client_id": remote.client_id,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": remote.scopes,
        "state": state,
        "nonce": nonce,
    }
    if remote.takes_login_hint and "login_hint" in asked:
        parameters["login_hint"] = asked["login_hint"]
    if remote.takes_login_hint and asked.get("prompt") in _FORWARDED_PROMPTS:
        parameters["prompt"] = asked["prompt"]
    separator = "&" if "?" in remote.authorize_url else "?"
    return f"{remote.authorize_url}{separator}{urlencode(parameters)}"


async def redeem(remote: RemoteProvider, code: str, callback: str, nonce: str) -> Person:
    """Exchange a code and say who the person is.

    Raises:
        Refusal: the provider refuses, or its ID token does not hold.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "client_id": remote.client_id,
        # client_secret_post is the only authentication (reference 3.2).
        "client_secret": remote.client_secret,
    }
    tokens = await ask(remote.name, "POST", remote.token_url, data=form)
    claims: Doc = {}
    if remote.has_id_token:
        claims = await _verified(remote, str(tokens.get("id_token", "")), nonce)
    if remote.userinfo_url is not None:
        claims = {**claims, **await _userinfo(remote, tokens, claims)}
    subject = claims.get(remote.subject_claim)
    if not subject:
        raise Refusal("invalid_request", f"{remote.name} Error - the answer names no {remote.subject_claim}")
    # A mapping may name the provider's own tokens (DG:cognito-user-pools-specifying-attribute-mapping).
    kept = {name: tokens[name] for name in ("access_token", "id_token") if tokens.get(name)}
    return Person(str(subject), {**kept, **claims}, None)


async def _userinfo(remote: RemoteProvider, tokens: Doc, claims: Doc) -> Doc:
    token = tokens.get("access_token")
    if not token:
        raise Refusal("invalid_request", f"{remote.name} Error - the answer has no access token")
    headers = {"Authorization": f"Bearer {token}"}
    answer = await ask(remote.name, remote.userinfo_method, str(remote.userinfo_url), headers=headers)
    # "The sub Claim in the UserInfo Response MUST be verified to exactly match" (OpenID Connect Core 5.3.2).
    if remote.has_id_token and answer.get("sub") != claims["sub"]:
        raise Refusal("invalid_request", "Bad userInfo subject")
    return answer


async def _verified(remote: RemoteProvider, id_token: str, nonce: str) -> Doc:
    """The claims of an ID token that holds (OpenID Connect Core 3.1.3.7)."""
    if not id_token:
        raise Refusal("invalid_request", "Bad id_token: there is none")
    key = await _key(remote, id_token)
    try:
        claims: Doc = jwt.decode(
            id_token,
            key,
            algorithms=[key.algorithm_name],
            audience=remote.client_id,
            # Expiry follows real time: the provider's clock made it, and not the service's own.
            options={"require": ["iss", "aud", "sub", "exp", "iat"]},
        )
    except jwt.InvalidAudienceError as error:
        raise Refusal("invalid_request", "Bad id_token audience") from error
    except jwt.ExpiredSignatureError as error:
        raise Refusal("invalid_request", "Bad id_token: it has expired") from error
    except jwt.InvalidSignatureError as error:
        raise Refusal("invalid_request", "Bad id_token signature") from error
    except jwt.InvalidTokenError as error:
        raise Refusal("invalid_request", f"Bad id_token: {error}") from error
    if claims["iss"] != remote.issuer:
        raise Refusal("invalid_request", f"Bad id_token issuer {claims['iss']}")
    if claims.get("nonce") != nonce:
        raise Refusal("invalid_request", "Bad id_token nonce")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != remote.client_id:
        raise Refusal("invalid_request", "Bad id_token authorized party")
    return claims


async def _key(remote: RemoteProvider, id_token: str) -> PyJWK:
    """The key that the token names by kid, without which Cognito takes none (reference 3.2)."""
    try:
        header = jwt.get_unverified_header(id_token)
    except jwt.InvalidTokenError as error:
        raise Refusal("invalid_request", f"Bad id_token: {error}") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in _ALGORITHMS:
        raise Refusal("invalid_request", f"Bad id_token algorithm {algorithm}")
    if not kid:
        raise Refusal("invalid_request", "Bad id_token: its header has no kid")
    if remote.jwks_url is None:
        raise Refusal("invalid_request", f"{remote.name} Error - it has no jwks_uri")
    keys = (await ask(remote.name, "GET", remote.jwks_url)).get("keys", [])
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, dict) and key.get("kid") == kid and key.get("use", "sig") == "sig":
            return _loaded(key, str(algorithm))
    raise Refusal("invalid_request", f"Bad id_token: there is no key {kid}")


def _loaded(key: Doc, algorithm: str) -> PyJWK:
    try:
        return PyJWK(key, algorithm)
    except jwt.PyJWTError as error:
        raise Refusal("invalid_request", "Bad id_token: its key cannot be read") from error
