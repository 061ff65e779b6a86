"""How the domain says no: on a page of its own, by a redirect to the client, or as JSON."""

import html
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from local.cognito.errors import ServiceError

# The words under which AWS shows every failure that it does not tell the client.
_HEADLINE = "An error was encountered with the requested page."
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
_NO_STORE = {"Cache-Control": "no-store"}


class PageError(Exception):
    """A failure that the person reads, because no client can be trusted with it."""

    def __init__(self, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


class ErrorRedirect(Exception):
    """A failure of a request that names no client and redirect URI that belong together: to the domain's /error."""

    def __init__(self, error: str, client_id: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.client_id = client_id


class Refusal(Exception):
    """A failure that the client is told, in OAuth's words; AWS's description where it is known.

    "Amazon Cognito error descriptions are not fixed strings" (DG:federation-endpoint-idp-responses). Those that the
    guide, AWS's knowledge centre or issue trackers quote are given verbatim, the others are ours in the same form.
    """

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


def attribute_refusal(error: ServiceError) -> Refusal:
    """What a client is told of a user who cannot be stored."""
    return Refusal("invalid_request", error.message)


def page(title: str, body: str, status: int = 200) -> Response:
    """A page; `body` is HTML already."""
    return HTMLResponse(_PAGE.format(title=html.escape(title), body=body), status, _NO_STORE)


def error_page(error: PageError) -> Response:
    """The page of a failure."""
    return page(_HEADLINE, f"<p>{html.escape(error.words)}</p>", error.status)


def to_error_page(error: ErrorRedirect) -> Response:
    """``/error?error=redirect_mismatch&client_id=…``, which then answers 400."""
    named = {"error": error.error, **({"client_id": error.client_id} if error.client_id else {})}
    return RedirectResponse(f"/error?{urlencode(named)}", 302, _NO_STORE)


def to_client(redirect_uri: str, parameters: Mapping[str, str | None]) -> Response:
    """Send the browser back to the client with the parameters that have a value."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    separator = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(f"{redirect_uri}{separator}{query}", 302, _NO_STORE)


def refused(redirect_uri: str, state: str | None, refusal: Refusal) -> Response:
    """Tell the client, error_description first as AWS writes it."""
    description = refusal.description or None
    return to_client(redirect_uri, {"error_description": description, "error": refusal.error, "state": state})


def json_refusal(refusal: Refusal, status: int = 400) -> Response:
    """The token endpoint's error, HTTP 400 for all that it documents (DG:token-endpoint)."""
    body = {"error": refusal.error, **({"error_description": refusal.description} if refusal.description else {})}
    return JSONResponse(body, status, _NO_STORE)
