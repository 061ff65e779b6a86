"""The sign-in host's URL map."""

from django.urls import URLPattern, URLResolver, path

import federation.account.urls
import federation.provider.urls
import federation.signin.urls
from config.health import healthz, readyz

handler404 = "federation.signin.views.errors.not_found"
handler500 = "config.errors.server_error"

# Joined and not included, which would be one more look at each address. What most people see is tried first.
urlpatterns: list[URLPattern | URLResolver] = [
    *federation.signin.urls.urlpatterns,
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    *federation.provider.urls.urlpatterns,
    *federation.account.urls.urlpatterns,
]
