"""Puts the application together: addresses, session cookie, headers."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from local.look import static_files
from local.sample_app.config import Config
from local.sample_app.pages import Pages
from local.sample_app.provider import Provider
from local.sample_app.resource import Resource
from local.sample_app.sessions import Logins
from local.sample_app.sign_outs import SignOuts

_HERE = Path(__file__).parent
# No browser calls it, but the provider, which proves itself by what it signs.
_BACK_CHANNEL = "/backchannel-logout"
_SESSION_SECONDS = 8 * 60 * 60


def create_app(config: Config) -> Starlette:
    """Build the application for one registration with a provider. Nothing is asked of the provider yet."""
    provider = Provider(config)
    logins = Logins()
    pages = Pages(config, provider, logins, Jinja2Templates(_HERE / "templates"))
    return Starlette(
        routes=[
            Route("/", pages.home),
            Route("/sign-in", pages.sign_in),
            Route("/callback", pages.callback),
            Route("/call-api", pages.call_api, methods=["POST"]),
            Route("/refresh", pages.refresh, methods=["POST"]),
            Route("/sign-out", pages.sign_out, methods=["POST"]),
            Route("/signed-out", pages.signed_out),
            Route(_BACK_CHANNEL, SignOuts(config, provider, logins).end, methods=["POST"]),
            Route("/api/me", Resource(config, provider).me),
            Route("/healthz", _health),
            static_files(_HERE / "static"),
        ],
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=_guard(config)),
            Middleware(
                SessionMiddleware,
                # New at every start, like the logins that the session's id points to.
                secret_key=secrets.token_urlsafe(32),
                session_cookie="sample_app_session",
                max_age=_SESSION_SECONDS,
                same_site="lax",
                https_only=config.origin.startswith("https:"),
            ),
        ],
        exception_handlers={
            AuthlibBaseError: pages.provider_failed,
            JoseError: pages.provider_failed,
            httpx.HTTPError: pages.provider_failed,
        },
    )


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _guard(config: Config) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Take POST from our own pages alone, and send the headers that keep a page to itself."""

    async def dispatch(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        from_a_page = request.url.path != _BACK_CHANNEL
        if request.method == "POST" and from_a_page and request.headers.get("origin") != config.origin:
            return PlainTextResponse("This form was sent from another site.", 403)
        response = await proceed(request)
        # The sign-out form is redirected to the provider, and browsers hold a redirect to `form-action` as well.
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; img-src data:; style-src 'self'; form-action 'self' {config.issuer}; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    return dispatch
