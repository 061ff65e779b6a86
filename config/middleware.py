"""Middleware that belongs to no app: request ids, languages, and domain errors turned into answers."""

import re
import secrets
from collections.abc import Callable
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config import errors
from tenants.errors import DomainError
from tenants.http import Request

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id, the proxy's where it sent a plain one; logs, audit rows and errors carry it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Not by `request.headers`, which would read all of them.
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if _REQUEST_ID.match(given) else secrets.token_hex(16)
        cast(Request, request).request_id = chosen
        structlog.contextvars.bind_contextvars(request_id=chosen, path=request.path)
        try:
            response = get_response(request)
        finally:
            # Those further in bind more (actor, tenant), and a thread serves many requests.
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = chosen
        return response

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """Answer in the language that the browser asks for, of those that the site has.

    Django's own also looks for a language in the address, of which none of ours has one, twice for each request.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.LANGUAGE_CODE = translation.get_language_from_request(request)
        translation.activate(request.LANGUAGE_CODE)
        response = get_response(request)
        # Most answers have none yet, to which another would have to be added.
        if "Vary" in response.headers:
            patch_vary_headers(response, ("Accept-Language",))
        else:
            response.headers["Vary"] = "Accept-Language"
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


def never_stored(get_response: GetResponse) -> GetResponse:
    """Let no cache keep an answer that does not say itself how long it may be kept.

    Nearly every page is somebody's. After signing out, going back must not show it, and the next person at the machine
    must not find it (OWASP ASVS 5.0, V14.3.2).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


class DomainErrors:
    """Turns the errors that the core raises into a page, or into a fragment for htmx."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a domain error; any other exception is a fault of ours and goes on to Django."""
        return errors.page(request, exception) if isinstance(exception, DomainError) else None
