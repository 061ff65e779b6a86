"""Signing in through an identity provider, by Cognito's own endpoints on the pool's domain.

They are not operations of the API: no IAM, no SDK, and quotas of their own ("Amazon Cognito user pools OIDC and
federation endpoints" in the developer guide).
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from identity.auth.errors import AuthMisconfigured, AuthUnavailable, SessionExpired
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef
from identity.authorities import public_authorities
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef

# Somebody waits for it, and Cognito in turn may just have waited for the identity provider.
_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
_SCOPES = "openid email profile"
_REMEDY = "Ask for a sync of the tenant on its Sync page; if that does not help, look at the app client in Cognito."


@dataclass(frozen=True, slots=True)
class FederatedRequest:
    """One request to the authorization endpoint.

    Args:
        provider: the identity provider's name in Cognito.
        redirect_uri: where the answer comes to; one of the client's callback URLs, exactly.
        state: unguessable; comes back with the answer.
        nonce: unguessable; comes back in the ID token.
        verifier: PKCE's code verifier (RFC 7636), of which the request holds the hash.
        login_hint: the e-mail address, where it is known; Cognito hands it on to OpenID providers alone.
        prompt: "login" or "select_account", where the person is to be asked again; likewise.
    """

    provider: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    login_hint: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class FederatedTokens:
    """Cognito's tokens as they came; nothing of them is verified yet. The refresh token is left unread."""

    access_token: SecretStr
    id_token: SecretStr


def federated_sign_in_url(client: AppClientRef, domain: str, request: FederatedRequest) -> str:
    """Return where the browser is sent ("Authorize endpoint" in the developer guide). Pure.

    Args:
        client: through which people arrive.
        domain: the pool's, without a slash at the end.
        request: what is asked.
    """
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": request.redirect_uri,
        "scope": _SCOPES,
        "state": request.state,
        "nonce": request.nonce,
        "code_challenge": _challenge(request.verifier),
        "code_challenge_method": "S256",
        "identity_provider": request.provider,
        **({"login_hint": request.login_hint} if request.login_hint else {}),
        **({"prompt": request.prompt} if request.prompt else {}),
    }
    return f"{domain}/oauth2/authorize?{urlencode(parameters)}"


def exchange_code(client: AppClientRef, domain: str, *, code: str, verifier: str, redirect_uri: str) -> FederatedTokens:
    """Exchange a code for tokens ("Token endpoint" in the developer guide), with the client's secret by HTTP Basic.

    Raises:
        SessionExpired: the code is not one, was used, or is older than five minutes; the sign-in begins again.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client.client_id,
        "code_verifier": verifier,
    }
    secret = client.client_secret.get_secret_value()
    try:
        response = httpx.post(
            f"{domain}/oauth2/token",
            data=form,
            auth=(client.client_id, secret),
            timeout=_TIMEOUT,
            follow_redirects=False,
            verify=public_authorities(),
        )
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise AuthUnavailable(f"The token endpoint cannot be read: {type(error).__name__}") from error
    if response.status_code != httpx.codes.OK or not isinstance(answer, dict):
        raise _refused(response.status_code, answer)
    return _tokens(answer)


def _tokens(answer: Mapping[str, Any]) -> FederatedTokens:
    access, identity = answer.get("access_token"), answer.get("id_token")
    if not (isinstance(access, str) and isinstance(identity, str)):
        raise AuthUnavailable("The token endpoint's answer lacks a token.")
    return FederatedTokens(SecretStr(access), SecretStr(identity))


def _refused(status: int, answer: object) -> AuthUnavailable | SessionExpired:
    error = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    if error == "invalid_grant":
        return SessionExpired("The code is not accepted.")
    if error in ("invalid_client", "unauthorized_client"):
        reason = f"Cognito refuses the app client by which people arrive ({error})."
        return AuthMisconfigured(reason, reason=reason, remedy=_REMEDY)
    return AuthUnavailable(f"The token endpoint answers {status} {error}".rstrip())


def _challenge(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def forget_attribute(pool: PoolRef, username: str, attribute: str) -> None:
    """Empty an attribute of a user that an identity provider sets.

    Cognito leaves a value as it was when the claim that it is from comes no more ("Specifying identity provider
    attribute mappings"): whoever is taken out of their last group there would keep the groups here.

    Raises:
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        users.update_attributes(pool, username, {attribute: ""}, priority=Priority.SIGN_IN)
