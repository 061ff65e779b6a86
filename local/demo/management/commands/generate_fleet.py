"""`manage.py generate_fleet`: fill an empty installation with as many tenants and users as are asked for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from local.demo.fleet.places import ENDPOINT
from local.demo.fleet.shape import FleetShape
from local.demo.fleet.whole import write_fleet
from tenants.models import Tenant

_FEWEST = 10


class Command(BaseCommand):
    """All or nothing: one transaction, then statistics, which PostgreSQL's planner needs after so many rows."""

    help = "Generate a fleet of made-up tenants and users. Nothing of it is in Cognito."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the sizes and the seed."""
        parser.add_argument("--tenants", type=int, default=10_000)
        parser.add_argument("--users", type=int, default=1_000_000, help="of all tenants together")
        parser.add_argument("--events", type=int, default=200_000, help="in all audit logs together, and of sign-ins")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same fleet")

    def handle(self, *args: Any, tenants: int, users: int, events: int, seed: int, **options: Any) -> None:
        """Write the fleet, unless it is there already.

        Raises:
            CommandError: the sizes are too small, or there are other tenants.
        """
        if tenants < _FEWEST or users < 2 * tenants or events < 2 * tenants:
            raise CommandError(f"Ask for {_FEWEST} tenants or more, and for at least two users and events of each.")
        if self._is_there(tenants):
            self.stdout.write(f"The fleet of {tenants} tenants is there already.")
            return
        write_fleet(FleetShape(tenants=tenants, users=users, events=events, seed=seed), self.stdout.write)
        self._refresh_statistics()

    def _is_there(self, tenants: int) -> bool:
        generated = Tenant.objects.filter(pool__cell__endpoint_url__endswith=ENDPOINT.partition("{}")[2]).count()
        if generated == Tenant.objects.count() == tenants:
            return True
        if Tenant.objects.exists():
            raise CommandError("There are tenants in this database already. Generate the fleet in an empty one.")
        return False

    def _refresh_statistics(self) -> None:
        """Bring them and the visibility map up to date, for index-only scans; autovacuum would come to it later."""
        tables = [connection.ops.quote_name(name) for name in connection.introspection.django_table_names()]
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
