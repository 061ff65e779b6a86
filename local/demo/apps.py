"""Django's entry for the demonstration's management command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """No models of its own."""

    name = "local.demo"
