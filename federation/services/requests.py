"""Authorization requests: kept while the person signs in, answered once."""

import uuid
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from federation.models import AuthorizationRequest
from federation.services.mail_budget import spend_mail
from federation.tokens import hash_token
from tenants.errors import Unavailable
from tenants.models import Application, Tenant

# Long enough to read a mail with the links to one's organisations.
REQUEST_LIFETIME = timedelta(minutes=30)
MAX_MAILS = 3
ORGANISATIONS_MAIL_TASK = "federation.mail_organisations"


def open_request(
    application: Application, tenant: Tenant | None, *, parameters: dict[str, Any], browser_token: str
) -> AuthorizationRequest:
    """Keep a validated request, bound to the browser that brought it."""
    return AuthorizationRequest.objects.create(
        application=application,
        tenant=tenant,
        parameters=parameters,
        browser_hash=hash_token(browser_token),
        expires_at=timezone.now() + REQUEST_LIFETIME,
    )


def find_request(request_id: uuid.UUID, *, browser_token: str) -> AuthorizationRequest | None:
    """Return an open request of this browser's; None for an unknown, foreign, answered or old one alike."""
    if not browser_token:
        return None
    found = (
        AuthorizationRequest.objects.select_related("application")
        .filter(pk=request_id, browser_hash=hash_token(browser_token))
        .first()
    )
    return found if found is not None and found.is_open else None


def claim_request(request: AuthorizationRequest) -> bool:
    """Mark a request as answered; False where it was, meanwhile."""
    now = timezone.now()
    rows = AuthorizationRequest.objects.filter(pk=request.pk, completed_at__isnull=True, expires_at__gt=now)
    return bool(rows.update(completed_at=now))


def ask_for_organisations(request: AuthorizationRequest, email: str, *, client_ip: str | None) -> None:
    """Have the links to the organisations of an address mailed to it. What happens is the same for every address.

    A few mails for each request at most, and for each address and client: the page must not be a way to flood
    somebody's mailbox. Whoever asks is not told that nothing is sent any more.

    Args:
        request: the application's request, which the links go on with.
        email: what was typed.
        client_ip: who asks.

    Raises:
        Unavailable: nothing can be mailed now.
    """
    with transaction.atomic():
        locked = AuthorizationRequest.objects.select_for_update().get(pk=request.pk)
        if locked.mails_asked >= MAX_MAILS:
            return
        locked.asked_email, locked.mails_asked = email.strip().lower(), locked.mails_asked + 1
        locked.save(update_fields=["asked_email", "mails_asked"])
    try:
        if spend_mail(email, client_ip):
            current_app.send_task(ORGANISATIONS_MAIL_TASK, args=[str(request.pk)], retry=False)
    except (OperationalError, RedisError, OSError) as error:
        raise Unavailable("No mail can be sent just now. Try again in a moment.") from error
