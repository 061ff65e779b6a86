"""`manage.py doctor`: look at everything that the product needs, and say what to do about what is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.doctor import run


class Command(BaseCommand):
    """Exit code 0 when nothing failed, 1 otherwise."""

    help = (
        "Check database, Redis, workers, beat, clocks, keys, mail, addresses, and AWS: identity, permissions, quotas."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print the report for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        found = list(run.findings())
        self.stdout.write(run.as_json(found) if options["json"] else run.as_table(found))
        if not run.is_well(found):
            sys.exit(1)
