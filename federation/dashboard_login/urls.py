"""The entrance's addresses on the dashboard."""

from django.urls import URLPattern, path

from federation.dashboard_login.application import CALLBACK_PATH
from federation.dashboard_login.views import callback, tenant_sign_in

urlpatterns: list[URLPattern] = [
    path("sign-in/<slug:slug>/", tenant_sign_in, name="tenant-sign-in"),
    path(CALLBACK_PATH.lstrip("/"), callback, name="lifeguard_callback"),
]
