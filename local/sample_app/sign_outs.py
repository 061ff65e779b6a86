"""Where the provider says that somebody was signed out (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import jwt
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.sample_app.config import Config
from local.sample_app.provider import Provider
from local.sample_app.sessions import Logins

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_REQUIRED_CLAIMS = ["iss", "aud", "iat", "exp", "jti", "events"]
_LEEWAY_SECONDS = 30


class SignOuts:
    """`POST /backchannel-logout`: ends the logins of a session of the provider's."""

    def __init__(self, config: Config, provider: Provider, logins: Logins) -> None:
        self._config = config
        self._provider = provider
        self._logins = logins

    async def end(self, request: Request) -> Response:
        """Answer 200, also where nobody is signed in by that session any more (section 2.7)."""
        try:
            form = parse_qs((await request.body()).decode("ascii", "replace"))
            claims = await self._verified("".join(form.get("logout_token", [])))
        except jwt.PyJWTError as error:
            body = {"error": "invalid_request", "error_description": str(error)}
            return JSONResponse(body, 400, {"Cache-Control": "no-store"})
        self._logins.end_session(str(claims["sid"]))
        return Response(status_code=200, headers={"Cache-Control": "no-store"})

    async def _verified(self, token: str) -> Mapping[str, Any]:
        """Return what a logout token says, having checked it as section 2.6 asks."""
        keys = await self._provider.keys()
        key = await to_thread.run_sync(keys.get_signing_key_from_jwt, token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=self._config.issuer,
            audience=self._config.client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": _REQUIRED_CLAIMS},
        )
        if not isinstance(claims["events"], dict) or _EVENT not in claims["events"] or "sid" not in claims:
            raise jwt.InvalidTokenError("This is not a logout token")
        if "nonce" in claims:
            raise jwt.InvalidTokenError("A logout token has no nonce")
        return claims
