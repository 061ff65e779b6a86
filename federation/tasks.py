"""What the worker does for sign-in. A message names a row, or nothing; all that is needed is in PostgreSQL."""

import uuid

from celery import shared_task
from django.utils import timezone

from federation.services import housekeeping, organisation_mail, signing_keys


@shared_task(name="federation.rotate_signing_keys")
def rotate_signing_keys() -> None:
    """Let the next key sign when the active one has signed for long enough."""
    signing_keys.rotate_signing_keys(now=timezone.now())


@shared_task(name="federation.purge_sign_in_state")
def purge_sign_in_state() -> None:
    """Delete what sign-ins left behind."""
    housekeeping.purge_sign_in_state()


@shared_task(name="federation.mail_organisations")
def mail_organisations(request_id: str) -> None:
    """Mail the links to somebody's organisations."""
    organisation_mail.mail_organisations(uuid.UUID(request_id))
