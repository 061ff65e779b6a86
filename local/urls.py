"""The dashboard's URL map with the pages that only a local stack has."""

from django.urls import URLPattern, URLResolver, include, path

from config.urls import dashboard

handler404 = dashboard.handler404
handler500 = dashboard.handler500

urlpatterns: list[URLPattern | URLResolver] = [
    *dashboard.urlpatterns,
    path("local/", include("local.around.urls")),
    path("local/", include("local.mailbox.urls")),
    path("local/dns/", include("local.zone.urls")),
    path("local/styleguide/", include("local.styleguide.urls")),
]
