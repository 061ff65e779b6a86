"""Calls from browsers: what an application may read that runs in one.

RFC 9700 section 2.6 allows that for endpoints that clients call directly, never for the authorization endpoint. None of
these reads a cookie, and no answer allows credentials of the browser's own: whoever calls brings what proves them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from federation.signin.pages import origin_of
from tenants.selectors import public_redirect_uris

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# Browsers keep the answer to a preflight for two hours at the most (Chromium).
_PREFLIGHT_SECONDS = 2 * 60 * 60


def from_any_origin(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Let every page read what is public anyway (Fetch Standard, section 3.2)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return wrapped


def from_public_clients(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Let pages call an endpoint that are at an address of a public application: no others have a reason to."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        origin = request.headers.get("Origin", "")
        is_known = bool(origin) and origin in map(origin_of, public_redirect_uris())
        response = _preflight() if is_known and request.method == "OPTIONS" else view(request, *args, **kwargs)
        if is_known:
            response["Access-Control-Allow-Origin"] = origin
            # By which a client learns what is wrong with its token (RFC 6750 section 3).
            response["Access-Control-Expose-Headers"] = "WWW-Authenticate"
        patch_vary_headers(response, ["Origin"])
        return response

    return wrapped


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, POST"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response
