"""`manage.py sync`: look at the reconciler from a terminal, and ask it for everything again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from identity.sync.activity import activity, activity_counts
from identity.sync.selectors import worker_last_seen
from tenants.actor import system
from tenants.counting import in_digits
from tenants.models import SyncKind, Tenant
from tenants.services import audit, outbox
from tenants.services.audit import Action


class Command(BaseCommand):
    """Two subcommands: `status` and `apply`."""

    help = "Show what is owed to Cognito, or have tenants compared with it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("status", help="what is owed, and why")
        apply = commands.add_parser("apply", help="reconcile tenants and their pools, whether anything changed or not")
        apply.add_argument("slug", nargs="*", help="the tenants; all of them if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out one subcommand."""
        if options["command"] == "status":
            self._status()
        else:
            self._apply(options["slug"])

    def _status(self) -> None:
        self.stdout.write(f"worker last seen: {worker_last_seen() or 'never'}")
        for state, number in sorted(activity_counts().items()):
            self.stdout.write(f"{state.label}: {in_digits(number)}")
        for row in activity(limit=20):
            line = f"{row.updated_at:%Y-%m-%d %H:%M:%S} {row.state.label:8} {row.kind} {row.label}"
            self.stdout.write(" ".join(filter(None, (line, row.last_error, row.remedy))))

    def _apply(self, slugs: list[str]) -> None:
        tenants = Tenant.objects.filter(slug__in=slugs) if slugs else Tenant.objects.all()
        missing = set(slugs) - {tenant.slug for tenant in tenants}
        if missing:
            raise CommandError(f"No such tenant: {', '.join(sorted(missing))}")
        for tenant in tenants:
            with transaction.atomic():
                outbox.request_sync(SyncKind.POOL, tenant.pool_id)
                outbox.request_sync(SyncKind.TENANT, tenant.pk)
                audit.record(Action.SYNC_REQUESTED, actor=system("manage.py sync"), tenant=tenant, target=tenant)
            self.stdout.write(f"asked for {tenant.slug}")
