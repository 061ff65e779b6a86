"""The application's pages."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuthError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from local.sample_app.config import Config
from local.sample_app.provider import Provider
from local.sample_app.sessions import Login, Logins


class Pages:
    """One method per address; `app.py` says which."""

    def __init__(self, config: Config, provider: Provider, logins: Logins, templates: Jinja2Templates) -> None:
        self._config = config
        self._provider = provider
        self._templates = templates
        self._logins = logins

    async def home(self, request: Request) -> Response:
        """Who is signed in, and what the ID token says about them."""
        return self._page(request, self._logins.of(request))

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to the provider."""
        return await self._provider.send_to_sign_in(request, request.query_params.get("organization", "").strip())

    async def callback(self, request: Request) -> Response:
        """The browser is back from the provider, with a code or with an error."""
        self._logins.begin(request, await self._provider.complete_sign_in(request))
        return RedirectResponse("/", 303)

    async def call_api(self, request: Request) -> Response:
        """Call our own API as any other client would, with the access token, and show its answer."""
        login = self._signed_in(request)
        async with httpx.AsyncClient() as client:
            answer = await client.get(
                f"{self._config.origin}/api/me", headers={"Authorization": f"Bearer {login.access_token}"}
            )
        shown = {"status": answer.status_code, "body": json.dumps(answer.json(), indent=2)}
        return self._page(request, login, api_answer=shown)

    async def refresh(self, request: Request) -> Response:
        """Exchange the refresh token for new tokens."""
        login = self._signed_in(request)
        try:
            renewed = await self._provider.refresh(login)
        except OAuthError:
            # The provider takes this refresh token no longer, so whoever holds it is not signed in any more.
            self._logins.end(request)
            raise
        self._logins.begin(request, renewed)
        return self._page(request, renewed, notice="The tokens were refreshed.")

    async def sign_out(self, request: Request) -> Response:
        """Sign out here, then at the provider."""
        login = self._logins.end(request)
        if login is None:
            return RedirectResponse("/", 303)
        return await self._provider.send_to_sign_out(request, login)

    async def signed_out(self, request: Request) -> Response:
        """The browser is back from the provider's sign-out."""
        await self._provider.verify_sign_out(request)
        return self._page(request, None, notice="You are signed out.")

    async def provider_failed(self, request: Request, error: Exception) -> Response:
        """The page for an error that the provider named or that we found in its answer (OIDC Core section 3.1.2.6)."""
        if isinstance(error, AuthlibBaseError):
            code, description, status = error.error, error.description, 400
        else:
            code, description, status = type(error).__name__, str(error), 502
        context = {"code": code, "description": description}
        return self._templates.TemplateResponse(request, "error.html", context, status_code=status)

    def _signed_in(self, request: Request) -> Login:
        login = self._logins.of(request)
        if login is None:
            raise HTTPException(303, headers={"Location": "/"})
        return login

    def _page(self, request: Request, login: Login | None, **more: object) -> Response:
        context: Mapping[str, Any] = {"login": login, "issuer": self._config.issuer, **more}
        return self._templates.TemplateResponse(request, "home.html", dict(context))
