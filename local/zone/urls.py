"""The addresses of the local name server's page; mounted at /local/dns/."""

from django.urls import path

from local.zone import views

urlpatterns = [
    path("", views.records, name="local_dns"),
    path("remove/", views.remove, name="local_dns_remove"),
]
