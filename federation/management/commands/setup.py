"""`manage.py setup`: what an installation needs besides its tables. Run it after each `migrate`; it repeats safely."""

from typing import Any

from django.core.management.base import BaseCommand

from federation.account.application import account_application
from federation.dashboard_login.application import ensure_dashboard_application
from federation.services.signing_keys import ensure_signing_keys


class Command(BaseCommand):
    """Makes the built-in applications and the first signing keys, where they are missing or out of date."""

    help = "Make the built-in applications and the first signing keys. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry it out."""
        ensure_signing_keys()
        application = ensure_dashboard_application()
        account_application()
        self.stdout.write(f"The dashboard is the application {application.client_id}; signing keys are in place.")
