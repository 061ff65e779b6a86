"""The edge's translation of errors: pages for people, problem details (RFC 9457) for the API."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tenants.errors import DomainError, NotFound

_TITLES = {
    400: "That request cannot be carried out",
    403: "You may not do this",
    404: "There is nothing here",
    409: "Not in the present state",
    422: "Some of it needs correcting",
    429: "Too many attempts",
    503: "Not available just now",
}


def page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render a domain error for a person."""
    htmx = bool(getattr(request, "htmx", False))
    template = "errors/error.html#fragment" if htmx else "errors/error.html"
    context = {"title": _TITLES.get(error.status, _TITLES[400]), "message": error.message, "status": error.status}
    response = render(request, template, context, status=error.status)
    if htmx:
        # htmx swaps answers of status 2xx alone, unless told where an error belongs.
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that nothing is at; word for word what a foreign tenant's object answers."""
    return page(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours. Without context processors: they may be what failed."""
    request_id = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("errors/500.html", {"request_id": request_id}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent without its token, usually because the page was open for too long."""
    error = DomainError("This form is no longer valid. Go back, reload the page and send it again.")
    error.status = 403
    return page(request, error)


def problem(*, status: int, code: str, detail: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the body of a problem-details answer (RFC 9457 section 3)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if fields:
        body["errors"] = fields
    return body


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST Framework's exception handler: every error is `application/problem+json`."""
    if isinstance(exception, DomainError):
        body = problem(
            status=exception.status, code=exception.code, detail=exception.message, fields=exception.fields or None
        )
        return Response(body, status=exception.status, content_type="application/problem+json")
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    response = exception_handler(exception, context)
    if response is None or not isinstance(exception, exceptions.APIException):
        return response
    fields = exception.detail if isinstance(exception, exceptions.ValidationError) else None
    response.data = problem(
        status=response.status_code,
        code=str(exception.default_code),
        detail=str(exception.default_detail if fields else exception.detail),
        fields={"fields": fields} if fields else None,
    )
    response.content_type = "application/problem+json"
    return response
