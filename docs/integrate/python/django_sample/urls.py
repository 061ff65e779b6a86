"""The sample's addresses."""

from django.urls import path

from django_sample import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("callback", views.callback),
    path("sign-out", views.sign_out, name="sign-out"),
    path("api/organizations/<uuid:org_id>/me", views.me),
]
