"""The addresses about single sign-on under /api/v1/; `config.urls.dashboard` joins them with the others."""

from django.urls import URLPattern, path

from federation.api import views

_ONE = "connections/<uuid:connection_id>"

urlpatterns: list[URLPattern] = [
    path("connections", views.Connections.as_view(), name="connections"),
    path(_ONE, views.Connection.as_view(), name="connection"),
    path(f"{_ONE}/metadata", views.ConnectionMetadata.as_view(), name="connection-metadata"),
    path(f"{_ONE}/openid", views.ConnectionOpenId.as_view(), name="connection-openid"),
    path(f"{_ONE}/social", views.ConnectionSocial.as_view(), name="connection-social"),
    path(f"{_ONE}/people", views.ConnectionPeople.as_view(), name="connection-people"),
    path(f"{_ONE}/versions", views.ConnectionVersions.as_view(), name="connection-versions"),
    path(f"{_ONE}/activate", views.ConnectionActivate.as_view(), name="connection-activate"),
    path(f"{_ONE}/disable", views.ConnectionDisable.as_view(), name="connection-disable"),
    path(f"{_ONE}/enable", views.ConnectionEnable.as_view(), name="connection-enable"),
]
