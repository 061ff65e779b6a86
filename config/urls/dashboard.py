"""The dashboard's URL map."""

from django.urls import URLPattern, URLResolver, include, path

import federation.api.urls
import federation.web.domain_urls
import federation.web.tenant_urls
import identity.api.urls
import identity.web.fleet_urls
import identity.web.pull_urls
import identity.web.sync_urls
import identity.web.tenant_urls
import tenants.web.fleet_urls
from config.health import healthz, readyz
from config.home import home
from config.pills import fleet_sync_pill, tenant_sync_pill
from identity.web.views.events import cognito_event
from identity.web.views.messages import cognito_message

handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

# A namespace can be included once, so that what the apps have in a place is joined here.
fleet = [
    *identity.web.fleet_urls.urlpatterns,
    *identity.web.pull_urls.urlpatterns,
    *identity.web.sync_urls.fleet,
    *tenants.web.fleet_urls.urlpatterns,
    path("sync/pill/", fleet_sync_pill, name="sync-pill"),
]
tenant = [
    *identity.web.tenant_urls.urlpatterns,
    *identity.web.sync_urls.tenant,
    *federation.web.domain_urls.urlpatterns,
    *federation.web.tenant_urls.urlpatterns,
    path("sync/pill/", tenant_sync_pill, name="sync-pill"),
]
api = [*identity.api.urls.urlpatterns, *federation.api.urls.urlpatterns]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("fleet/", include((fleet, "fleet"))),
    path("t/<slug:slug>/", include((tenant, "tenant"))),
    path("api/v1/", include((api, "api"))),
    path("events/cognito/<uuid:cell_id>/", cognito_event, name="cognito-events"),
    path("messages/cognito/<uuid:cell_id>/", cognito_message, name="cognito-messages"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("federation.dashboard_login.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]
