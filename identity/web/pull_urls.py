"""The operator's pages about what comes back from Cognito: under /fleet/, in the namespace `fleet`."""

from django.urls import path

from identity.web.views import pull

urlpatterns = [
    path("cells/<uuid:cell_id>/users/", pull.cell_users, name="cell-users"),
    path("cells/<uuid:cell_id>/event-secret/", pull.cell_event_secret, name="cell-event-secret"),
    path("cells/pools/<uuid:pool_id>/unclaimed/", pull.pool_unclaimed, name="pool-unclaimed"),
    path("cells/pools/<uuid:pool_id>/read/", pull.pool_read, name="pool-read"),
    path("cells/pools/<uuid:pool_id>/vanished/", pull.pool_vanished, name="pool-vanished"),
]
