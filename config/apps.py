"""The project's own registration with Django: its template tags, and what is joined when all apps are there."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top of the imports."""

    name = "config"

    def ready(self) -> None:
        """Write what operators do to their own accounts into the fleet's audit log."""
        from config import operator_audit  # models are loaded only now

        operator_audit.connect()
