"""Django's entry for the page."""

from django.apps import AppConfig


class AroundConfig(AppConfig):
    """No models: the addresses are in the environment."""

    name = "local.around"
