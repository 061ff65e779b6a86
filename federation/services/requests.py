"""Authorization requests: kept while the person signs in, answered once."""

import secrets
import uuid
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from federation.models import AuthorizationRequest
from federation.services.attempt_limits import MAIL, Caller, LimitReached, spend
from federation.tokens import hash_token
from identity.languages import present_language
from tenants.errors import Unavailable
from tenants.models import Application, Tenant

# Long enough for a mail with a code to arrive.
REQUEST_LIFETIME = timedelta(minutes=30)
MAX_MAILS = 3
# Of codes with eight digits: nobody guesses one, who may have a few requests an hour mailed (`attempt_limits.MAIL`).
MAX_CODES = 10
_CODE_DIGITS = 8
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
    """Have a code mailed to an address, which shows its organisations. What happens is the same for every address.

    A few mails for each request at most, and for each address and client: the page must not be a way to flood
    somebody's mailbox. Whoever asks is not told that nothing is sent any more.

    Args:
        request: the application's request, which goes on with the code.
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
        # One that was mailed to another address proves nothing of this one.
        locked.code_hash = locked.proved_email = ""
        locked.language = present_language()
        locked.save(update_fields=["asked_email", "mails_asked", "code_hash", "proved_email", "language"])
    try:
        # No tenant's: it is the address that is asked about.
        spend(MAIL, None, locked.asked_email, Caller(client_ip))
        current_app.send_task(ORGANISATIONS_MAIL_TASK, args=[str(request.pk)], retry=False)
    except LimitReached:
        return
    except (OperationalError, RedisError, OSError) as error:
        raise Unavailable(_("No mail can be sent just now. Try again in a moment.")) from error


def make_code(request: AuthorizationRequest) -> str:
    """Return a new code for the address that asked last, as a mail tells it. The one before is good no more.

    Returns:
        The code; "" where another address asked meanwhile.
    """
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"
    asking = AuthorizationRequest.objects.filter(pk=request.pk, asked_email=request.asked_email)
    return code if asking.update(code_hash=_hashed(request, code)) else ""


@transaction.atomic
def prove_address(request: AuthorizationRequest, code: str) -> bool:
    """Take a code for the proof that mail to the address that asked is read in this browser.

    Returns:
        Whether it is; False for a wrong code, after too many, and where none was mailed: all alike.
    """
    locked = AuthorizationRequest.objects.select_for_update().get(pk=request.pk)
    locked.code_tries += 1
    right = locked.code_tries <= MAX_CODES and constant_time_compare(locked.code_hash, _hashed(request, code))
    if right:
        locked.proved_email, locked.code_hash = locked.asked_email, ""
    locked.code_tries = min(locked.code_tries, MAX_CODES + 1)
    locked.save(update_fields=["code_tries", "proved_email", "code_hash"])
    return right


def _hashed(request: AuthorizationRequest, code: str) -> str:
    return salted_hmac("federation.organisations", f"{request.pk}:{code}", algorithm="sha256").hexdigest()
