"""The application's API: a resource server that trusts Lifeguard's access tokens (RFC 9068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from local.sample_app.config import Config
from local.sample_app.provider import Provider

_REQUIRED_CLAIMS = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]
_REQUIRED_SCOPE = "profile"
_LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class Refusal(Exception):
    """Why a token is not taken, in the words of RFC 6750 section 3.1."""

    status: int
    error: str
    description: str


class Resource:
    """`GET /api/me`: tells the caller what its access token says."""

    def __init__(self, config: Config, provider: Provider) -> None:
        self._config = config
        self._provider = provider

    async def me(self, request: Request) -> JSONResponse:
        """Answer with the token's claims, or with the refusal that RFC 6750 describes."""
        try:
            claims = await self._verify(_bearer_token(request))
        except Refusal as refusal:
            challenge = f'Bearer error="{refusal.error}", error_description="{refusal.description}"'
            body = {"error": refusal.error, "error_description": refusal.description}
            return JSONResponse(body, refusal.status, {"WWW-Authenticate": challenge})
        return JSONResponse({"message": "The access token was verified.", "token": claims})

    async def _verify(self, token: str) -> Mapping[str, Any]:
        try:
            if jwt.get_unverified_header(token).get("typ", "").lower() not in {"at+jwt", "application/at+jwt"}:
                raise Refusal(401, "invalid_token", "This is not an access token")
            keys = await self._provider.keys()
            key = await to_thread.run_sync(keys.get_signing_key_from_jwt, token)
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._config.issuer,
                audience=self._config.audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED_CLAIMS},
            )
        except jwt.PyJWTError as error:
            raise Refusal(401, "invalid_token", str(error).replace('"', "'")) from error
        if _REQUIRED_SCOPE not in claims.get("scope", "").split():
            raise Refusal(403, "insufficient_scope", f"The scope {_REQUIRED_SCOPE} is needed")
        return claims


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(401, "invalid_request", "Send an access token as Authorization: Bearer")
    return token
