"""The app's registration with Django."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class TenantsConfig(AppConfig):
    """The lowest of the three apps: it imports nothing of ours."""

    name = "tenants"

    def ready(self) -> None:
        """Have each new connection keep the plans of prepared statements."""
        from tenants import statements  # Django is ready only now

        connection_created.connect(statements.keep_plans)
