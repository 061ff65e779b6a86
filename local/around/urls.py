"""The page's address; mounted at /local/."""

from django.urls import path

from local.around import views

urlpatterns = [path("", views.around, name="local_around")]
