"""The app's registration with Django."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """The highest of the three apps."""

    name = "federation"
