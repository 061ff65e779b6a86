"""Events that a cell's AWS account sends: their secret, and taking them in."""

import base64
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from identity.models import EventSecret
from identity.pull.events import hint_of
from identity.pull.hints import follow
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import DomainError, NotFound, ValidationFailed
from tenants.models import Cell
from tenants.services import audit

# EventBridge sends events of up to 256 KB (Amazon EventBridge user guide, "Quotas").
LARGEST = 256 * 1024
_SECRET_BYTES = 32
# For a cell that has no secret, or that is not there: refusing takes as long as for one that has.
_NOBODYS = Webhook(secrets.token_bytes(_SECRET_BYTES))


class EventRefused(DomainError):
    """The event is not signed with a secret of the cell, or too old, or for no cell at all: one answer for all."""

    code = "event_refused"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("The signature is not valid."))


@transaction.atomic
def rotate_event_secret(cell_id: uuid.UUID, *, actor: Actor) -> str:
    """Make a cell's first secret, or a new one, and return it to be shown once. The one before counts for a day more.

    Raises:
        NotFound: there is no such cell.
    """
    cell = Cell.objects.select_for_update().filter(pk=cell_id).first()
    if cell is None:
        raise NotFound
    row = EventSecret.objects.filter(cell=cell).first() or EventSecret(cell=cell)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"
    row.seal(secret)
    row.rotated_at = timezone.now()
    row.save()
    audit.record(Action.EVENT_SECRET_ROTATED, actor=actor, target=cell)
    return secret


def receive_event(cell_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> None:
    """Take an event in: whom it names is looked at. Whether there is such a pool or user, the sender does not learn.

    Args:
        cell_id: from the address.
        body: as sent; the signature is over these bytes.
        headers: with those of Standard Webhooks.

    Raises:
        EventRefused: see there.
        ValidationFailed: the body is no JSON.
    """
    row, document = open_signed(cell_id, body, headers)
    # Once a minute is enough to show that events arrive.
    stale = Q(last_event_at__isnull=True) | Q(last_event_at__lt=Now() - timedelta(minutes=1))
    EventSecret.objects.filter(stale, pk=row.pk).update(last_event_at=Now())
    if hint := hint_of(document, own_role=row.cell.role_arn):
        follow(row.cell, hint)


def open_signed(cell_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> tuple[EventSecret, object]:
    """Return what a cell's account sent, and the row of the secret with which it is signed.

    Args:
        cell_id: from the address.
        body: as sent; the signature is over these bytes.
        headers: with those of Standard Webhooks.

    Raises:
        EventRefused: see there.
        ValidationFailed: the body is no JSON.
    """
    row = EventSecret.objects.select_related("cell").filter(cell_id=cell_id).first()
    webhooks = [Webhook(secret) for secret in row.accepted(timezone.now())] if row else [_NOBODYS]
    if not any(_is_signed(webhook, body, headers) for webhook in webhooks) or row is None:
        raise EventRefused
    try:
        return row, json.loads(body)
    except ValueError as error:
        raise ValidationFailed(_("The event is not JSON.")) from error


def _is_signed(webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # Headers and bodies that are no text, or no base64, are ValueErrors there.
        return False
    return True
