"""The sign-in host's URL map."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz, readyz

handler404 = "federation.signin.views.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # First, because they are tried in order, and the sign-in page is what most people see.
    path("", include("federation.signin.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("federation.provider.urls")),
    path("", include("federation.account.urls")),
]
