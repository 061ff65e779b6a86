"""What the pages of both identity providers share."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.templating import Jinja2Templates

from local.idp.people import PASSWORD, PEOPLE, DemoPerson, person_of
from local.look import static_files

_HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(_HERE / "templates")
_LARGEST_FORM = 100_000
# Called by servers, which send no Origin.
_SERVER_PATHS = frozenset({"/token", "/userinfo"})


def make_site(brand: str, routes: list[BaseRoute]) -> Starlette:
    """An application of these routes under a name, with what both have."""
    shared = [Route("/healthz", _health), static_files(_HERE / "static")]
    site = Starlette(
        routes=[*routes, *shared],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guard)],
        exception_handlers={HTTPException: _refused},
    )
    site.state.brand = brand
    return site


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _refused(request: Request, error: Exception) -> Response:
    status, words = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    context = {"brand": request.app.state.brand, "words": words}
    return TEMPLATES.TemplateResponse(request, "message.html", context, status_code=status)


async def _guard(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Take POST from our own pages alone, and send the headers that keep a page to itself."""
    from_elsewhere = urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host")
    if request.method == "POST" and request.url.path not in _SERVER_PATHS and from_elsewhere:
        return PlainTextResponse("This form was sent from another site.", 403)
    response = await proceed(request)
    # No form-action: a sign-in's form ends at the service provider, wherever that is.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


async def form_of(request: Request) -> dict[str, list[str]]:
    """The values of a form by name."""
    body = await request.body()
    if len(body) > _LARGEST_FORM:
        raise HTTPException(413, "The form is too large.")
    return parse_qs(body.decode(errors="replace"))


def first(form: dict[str, list[str]], name: str) -> str:
    """The first value, without spaces around it; empty where there is none."""
    return form.get(name, [""])[0].strip()


def sign_in_page(request: Request, brand: str, action: str, wrong: str = "", *, keeps: bool = False) -> Response:
    """The page on which somebody says who they are; the form goes to `action`, with all that its query carries.

    With `keeps` it offers to stay signed in.
    """
    context = {"brand": brand, "action": action, "people": PEOPLE, "password": PASSWORD, "keeps": keeps}
    return TEMPLATES.TemplateResponse(
        request, "sign_in.html", {**context, "wrong": wrong}, status_code=401 if wrong else 200
    )


def who(form: dict[str, list[str]]) -> DemoPerson | None:
    """The person who signs in, None where the password is wrong."""
    person = person_of(first(form, "person"))
    return person if first(form, "password") == PASSWORD else None
