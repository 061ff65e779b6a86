"""How long requests take, by view and outcome."""

import time
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

REQUEST_SECONDS = Histogram(
    "lifeguard_http_request_seconds",
    "Duration of requests, without the time they waited for a thread.",
    ("site", "view", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def timed(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Time each request. Labels come from our own URL map, so that nobody outside can make new ones."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        view = match.view_name if match is not None else ""
        method = request.method if request.method in _METHODS else "other"
        _of(settings.SITE, view or "none", method, response.status_code).observe(time.monotonic() - began)
        return response

    return middleware


@lru_cache(maxsize=4096)
def _of(site: str, view: str, method: str, status: int) -> Histogram:
    """Return what counts requests of one kind, without looking it up by its labels each time."""
    return REQUEST_SECONDS.labels(site, view, method, str(status))
