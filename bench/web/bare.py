"""The least that Django can do: one view without middleware, database or template."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    """Answer two words."""
    return HttpResponse("Hello, world")


urlpatterns = [path("", hello)]

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="a-bench")  # noqa: S106  # It signs nothing.
application = get_wsgi_application()
