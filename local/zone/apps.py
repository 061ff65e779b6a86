"""Django's entry for the page of the local name server."""

from django.apps import AppConfig


class ZoneConfig(AppConfig):
    """No models: the records are in a file."""

    name = "local.zone"
