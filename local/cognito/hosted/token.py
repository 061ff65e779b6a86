"""POST /oauth2/token and POST /oauth2/revoke (DG:token-endpoint, DG:revocation-endpoint)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

from local.cognito.client_auth import active_secrets
from local.cognito.clients import find_client
from local.cognito.errors import ServiceError
from local.cognito.hosted.answers import Refusal
from local.cognito.hosted.flows import take_code
from local.cognito.hosted.requests import SignInRequest
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.refresh import refresh_family
from local.cognito.token_families import find_refresh_token, revoke_family
from local.cognito.tokens import sign_in_result
from local.cognito.users import load_user

GRANTS = frozenset({"authorization_code", "refresh_token"})
_BASIC = "basic "


def authenticated_client(call: Call, form: Mapping[str, str], authorization: str | None) -> Doc:
    """The client that sends the form, by HTTP Basic or in the form itself (RFC 6749 section 2.3.1).

    Raises:
        Refusal: invalid_client, also for a secret that a public client sends and for two ways at once.
    """
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if authorization is not None:
        if secret is not None:
            raise Refusal("invalid_request", "The client authenticates in two ways")
        named, secret = _basic(authorization)
        if client_id not in (None, named):
            raise Refusal("invalid_client")
        client_id = named
    try:
        client = find_client(call.store, client_id or "")
    except ServiceError as error:
        raise Refusal("invalid_client") from error
    right = [str(value).encode() for value in active_secrets(client)]
    sent = (secret or "").encode()
    # Compared with each, so that time does not tell which of the two it is.
    matches = [hmac.compare_digest(value, sent) for value in right]
    if (right and not any(matches)) or (not right and secret is not None):
        raise Refusal("invalid_client", "invalid_client_secret")
    return client


def _basic(authorization: str) -> tuple[str, str]:
    if not authorization.lower().startswith(_BASIC):
        raise Refusal("invalid_client")
    try:
        decoded = base64.b64decode(authorization[len(_BASIC) :], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal("invalid_client") from error
    name, separator, secret = decoded.partition(":")
    if not separator:
        raise Refusal("invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def granted(call: Call, client: Doc, form: Mapping[str, str]) -> Doc:
    """The tokens for a code or a refresh token, as the endpoint answers them; Refusal otherwise."""
    kind = form.get("grant_type")
    if kind is None:
        raise Refusal("invalid_request")
    if kind == "authorization_code":
        return _answer(_of_code(call, client, form))
    if kind == "refresh_token":
        return _answer(_of_refresh_token(call, client, form))
    raise Refusal("unsupported_grant_type")


def _answer(result: Doc) -> Doc:
    names = {
        "IdToken": "id_token",
        "AccessToken": "access_token",
        "RefreshToken": "refresh_token",
        "ExpiresIn": "expires_in",
        "TokenType": "token_type",
    }
    return {theirs: result[ours] for ours, theirs in names.items() if ours in result}


def _of_code(call: Call, client: Doc, form: Mapping[str, str]) -> Doc:
    if "code" not in client.get("AllowedOAuthFlows", []):
        raise Refusal("unauthorized_client")
    if not form.get("code") or not form.get("redirect_uri"):
        raise Refusal("invalid_request")
    # Taken even if what comes with it is wrong: who guesses has one guess.
    found = take_code(call.store, form["code"], call.clock.now())
    if found is None:
        raise Refusal("invalid_grant")
    request, sub = found
    user, pool = load_user(call.store, sub), call.pool(request.pool_id)
    if request.client_id != client["ClientId"] or request.redirect_uri != form["redirect_uri"]:
        raise Refusal("invalid_grant")
    if not _verifies(request, form.get("code_verifier")):
        raise Refusal("invalid_grant")
    if user is None or not user.enabled:
        raise Refusal("invalid_grant")
    try:
        return sign_in_result(call, pool, client, user, scopes=request.scopes, nonce=request.nonce)
    except ServiceError as error:
        # The pre-token trigger's; how the endpoint words that is not documented.
        raise Refusal("invalid_grant", error.message) from error


def _verifies(request: SignInRequest, verifier: str | None) -> bool:
    """PKCE (RFC 7636 section 4.6); a verifier for a request without a challenge is wrong too (RFC 9700, 2.1.1)."""
    if request.challenge is None or verifier is None:
        return request.challenge is None and verifier is None
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(digest, request.challenge)


def _of_refresh_token(call: Call, client: Doc, form: Mapping[str, str]) -> Doc:
    token = form.get("refresh_token")
    if not token:
        raise Refusal("invalid_request")
    try:
        return refresh_family(call, call.pool(str(client["UserPoolId"])), client, token)
    except ServiceError as error:
        raise Refusal("invalid_grant", error.message) from error


def revoked(call: Call, client: Doc, form: Mapping[str, str]) -> None:
    """End the sign-in of a refresh token; one that is not known is no error (RFC 7009 section 2.2)."""
    token = form.get("token")
    if not token or not client["EnableTokenRevocation"]:
        raise Refusal("invalid_request")
    if token.count(".") == 2:
        raise Refusal("unsupported_token_type")
    found = find_refresh_token(call.store, token)
    if found is None:
        return
    if found[1]["client_id"] != client["ClientId"]:
        raise Refusal("unauthorized_client")
    revoke_family(call.store, found[1])
