"""`manage.py create_operator`: the first operator's account, and any other."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.actor import system
from tenants.errors import DomainError
from tenants.permissions import OperatorRole
from tenants.services.operators import add_operator

PASSWORD_VARIABLE = "LIFEGUARD_OPERATOR_PASSWORD"  # noqa: S105  # The name of a variable, not what it holds.


class Command(BaseCommand):
    """Creates an operator. The password never is an argument, because other users of the machine can read those."""

    help = f"Create an operator's account. The password is asked for, or read from ${PASSWORD_VARIABLE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take address, name and role."""
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="What to call them.")
        parser.add_argument("--role", choices=OperatorRole.values, default=OperatorRole.OWNER.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account, or say why not."""
        try:
            account = add_operator(
                email=options["email"],
                name=options["name"],
                role=options["role"],
                password=_password(),
                actor=system("manage.py create_operator"),
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{account.email} can sign in as {options['role']}.")


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise CommandError(f"There is no terminal to ask for a password at. Set ${PASSWORD_VARIABLE}.")
    first, second = getpass.getpass("Password: "), getpass.getpass("The same again: ")
    if first != second:
        raise CommandError("The two passwords differ.")
    return first
