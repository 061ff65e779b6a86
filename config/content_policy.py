"""The Content-Security-Policy header, without making the same few policies anew for each answer."""

from functools import lru_cache
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase

_Update = tuple[tuple[str, tuple[str, ...]], ...]
# What `csp.decorators` leave on an answer whose policy is one of its own.
_ITS_OWN = frozenset({"_csp_config", "_csp_replace", "_csp_exempt"})


class ContentPolicy(CSPMiddleware):
    """django-csp's own, with a memory of the policies that it made.

    An answer has the installation's policy, or that with something added to it (`csp.decorators.csp_update`): the
    origin to which a form's answer leads, of which there are as many as applications have.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Make no nonce: no page of ours has a script or a style in it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        if not _ITS_OWN.isdisjoint(vars(response)):
            return super().process_response(request, response)
        if HEADER not in response:
            added: dict[str, list[str]] = getattr(response, "_csp_update", None) or {}
            response[HEADER] = _policy(tuple((name, tuple(values)) for name, values in added.items()))
        return response


@lru_cache(maxsize=1024)
def _policy(added: _Update) -> str:
    update: dict[str, Any] = {name: list(values) for name, values in added}
    made: str = build_policy(update=update)
    return made
