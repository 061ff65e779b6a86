"""Addresses of the sign-in host that nothing is at."""

from django.http import HttpRequest, HttpResponse

from federation.signin.pages import page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer without the dashboard around it, and without telling what might have been there."""
    return page(request, "federation/not_found.html", {}, status=404)
