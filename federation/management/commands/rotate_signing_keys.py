"""`manage.py rotate_signing_keys`: let the next key sign."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from federation.services.signing_keys import rotate_signing_keys


class Command(BaseCommand):
    """Rotates the signing keys where the active one is old, or with --now at once."""

    help = "Let the next signing key sign, where the active one is old enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare --now."""
        parser.add_argument("--now", action="store_true", help="Rotate whatever the active key's age.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry it out."""
        rotated = rotate_signing_keys(now=timezone.now(), force=options["now"])
        self.stdout.write("Another key signs from now on." if rotated else "The active key is not old enough.")
