"""`manage.py verify_audit`: prove that nobody rewrote the audit log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.services import audit


class Command(BaseCommand):
    """Recomputes every chain; the exit code is 1 when one is broken."""

    help = "Recompute the audit log's hash chains, the fleet's and each tenant's, and report the first broken link."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each chain and say which are whole."""
        chains = audit.chains()
        broken = [link for link in map(audit.verify, chains) if link is not None]
        for link in broken:
            self.stderr.write(f"Chain {link.chain} is broken at event {link.sequence}: {link.why}.")
        if broken:
            raise CommandError(f"{len(broken)} of {len(chains)} chains are broken.")
        self.stdout.write(f"{len(chains)} chains are whole.")
