"""`manage.py demo_setup`: migrate, set up, and make what the demonstration needs. Run again, it changes nothing."""

import json
import sys
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from identity.models import EventSecret
from identity.services.cell_messages import set_message_function
from identity.services.events import rotate_event_secret
from tenants.actor import system
from tenants.models import Account, Application, Cell
from tenants.permissions import OperatorRole
from tenants.services.applications import (
    ApplicationSettings,
    register_application,
    rotate_application_secret,
    update_application,
)
from tenants.services.cells import CellSettings, add_cell
from tenants.services.operators import add_operator

ACTOR = system("make demo")
CELL = "local"
SAMPLE_NAME = "Orbit"


@dataclass(frozen=True)
class Request:
    """What `local.stack.demo` asks for, as one JSON object on standard input."""

    operator_email: str
    operator_password: str
    cognito_url: str
    sample_url: str
    sample_client_id: str
    sample_client_secret: str
    event_secret: str
    message_function_arn: str


class Command(BaseCommand):
    """Standard output gets one JSON object, `sample` and `cell`, with secrets that are shown once; words do not."""

    help = "Migrate, set up, and make the demonstration's data. Reads one JSON object from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do all of it, in the order in which one step needs the other."""
        request = Request(**json.load(sys.stdin))
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stderr)
        call_command("setup", stdout=self.stderr)
        cell = ensure_cell(request.cognito_url)
        ensure_message_function(cell, request.message_function_arn)
        ensure_operator(request.operator_email, request.operator_password)
        client_id, secret = ensure_sample_application(request)
        made = {
            "sample": {"client_id": client_id, "client_secret": secret},
            "cell": {"cell_id": str(cell.pk), "event_secret": ensure_event_secret(cell, request.event_secret)},
        }
        self.stdout.write(json.dumps(made))


def ensure_cell(cognito_url: str) -> Cell:
    """Have the cell whose Cognito is the local one."""
    cell = Cell.objects.filter(name=CELL).first()
    if cell is None:
        settings = CellSettings(name=CELL, region="us-east-1", endpoint_url=cognito_url, hosted_base_url=cognito_url)
        return add_cell(settings, actor=ACTOR)
    if cell.endpoint_url != cognito_url:
        # The demonstration may be started on other ports, and the same Cognito is then elsewhere. An installation's
        # endpoint does not move, so that the product has no service for this.
        cell.endpoint_url = cell.hosted_base_url = cognito_url
        cell.save(update_fields=["endpoint_url", "hosted_base_url"])
    return cell


def ensure_message_function(cell: Cell, arn: str) -> None:
    """Have a function for Cognito's messages in all pools; one that somebody named at the dashboard stays."""
    if not cell.message_function_arn:
        set_message_function(cell.pk, arn, confirmed=True, actor=ACTOR)


def ensure_event_secret(cell: Cell, known: str) -> str:
    """Have a secret with which what runs beside the cell's Cognito signs; `known` where that still counts."""
    row = EventSecret.objects.filter(cell=cell).first()
    if row is not None and known in row.accepted(timezone.now()):
        return known
    return rotate_event_secret(cell.pk, actor=ACTOR)


def ensure_operator(email: str, password: str) -> None:
    """Have the operator who is named at the start."""
    if not Account.objects.filter(email=email).exists():
        add_operator(email=email, name="Demo operator", role=OperatorRole.OWNER, password=password, actor=ACTOR)


def ensure_sample_application(request: Request) -> tuple[str, str]:
    """Have the sample application registered where it is now.

    Returns:
        its client id and secret: the same as before where it has them still, otherwise new ones.
    """
    settings = ApplicationSettings(
        name=SAMPLE_NAME,
        redirect_uris=[f"{request.sample_url}/callback"],
        post_logout_redirect_uris=[f"{request.sample_url}/signed-out"],
        initiate_login_uri=f"{request.sample_url}/sign-in",
        backchannel_logout_uri=f"{request.sample_url}/backchannel-logout",
        audience=f"{request.sample_url}/api",
    )
    application = Application.objects.filter(name=SAMPLE_NAME).first()
    if application is None:
        issued = register_application(settings, actor=ACTOR)
        return issued.application.client_id, issued.secret
    update_application(application.pk, settings, actor=ACTOR)
    if application.client_id == request.sample_client_id and application.check_secret(request.sample_client_secret):
        return request.sample_client_id, request.sample_client_secret
    issued = rotate_application_secret(application.pk, actor=ACTOR)
    return issued.application.client_id, issued.secret
