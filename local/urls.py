"""The dashboard's URL map with the pages that only a local stack has."""

from config.urls import dashboard

handler404 = dashboard.handler404
handler500 = dashboard.handler500

urlpatterns = [*dashboard.urlpatterns]
