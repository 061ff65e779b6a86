"""The app's registration with Django."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The middle of the three apps: it imports `tenants` and nothing above."""

    name = "identity"

    def ready(self) -> None:
        """Connect the reconciler."""
        from identity.sync import startup  # models can be imported only now

        startup.connect()
