"""Requests to be mailed about an account: kept, handed to a worker, found again by the browser that asked."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from federation.models import AccountRequest, AccountRequestKind, AuthorizationRequest
from federation.services.attempt_limits import RESET, SIGN_UP, Caller, spend
from identity.languages import present_language
from tenants.models import Tenant
from tenants.services.outbox import send_soon

ANSWER_TASK = "federation.answer_account_request"
# Cognito's codes for a new password live an hour (developer guide, "Quotas in Amazon Cognito"); our links a day.
LIFETIMES = {AccountRequestKind.PASSWORD: timedelta(hours=1), AccountRequestKind.SIGN_UP: timedelta(hours=24)}
_GUARDS = {AccountRequestKind.PASSWORD: RESET, AccountRequestKind.SIGN_UP: SIGN_UP}
# Messages come at once; a sweep that looked sooner would answer twice.
_OVERDUE = timedelta(minutes=1)


def ask(
    tenant: Tenant,
    kind: AccountRequestKind,
    email: str,
    *,
    request: AuthorizationRequest,
    caller: Caller,
    name: str = "",
) -> AccountRequest:
    """Keep a request and wake a worker for it. What happens is the same for every address.

    Args:
        tenant: on whose page it was asked.
        kind: what for.
        email: as it was typed.
        request: the application's, which goes on afterwards in the same browser.
        caller: who asks.
        name: what to call the person, who makes an account.

    Raises:
        LimitReached: there were too many, for whomever.
    """
    email = email.strip().lower()
    spend(_GUARDS[kind], tenant, email, caller)
    return owe_answer(tenant, kind, email, request=request, name=name)


@transaction.atomic
def owe_answer(
    tenant: Tenant, kind: AccountRequestKind, email: str, *, request: AuthorizationRequest, name: str = ""
) -> AccountRequest:
    """Do as `ask`, for whoever has counted it."""
    asked = AccountRequest.objects.create(
        tenant=tenant,
        kind=kind,
        request=request,
        email=email,
        name=name,
        language=present_language(),
        mail_owed=True,
        expires_at=timezone.now() + LIFETIMES[kind],
    )
    transaction.on_commit(lambda: send_soon(ANSWER_TASK, str(asked.pk)))
    return asked


def find_asked(tenant: Tenant, asked_id: uuid.UUID, *, kind: AccountRequestKind) -> AccountRequest | None:
    """Return a request, open or used, that is not too old and whose application's request is still known."""
    return (
        AccountRequest.objects.select_related("request")
        .filter(tenant=tenant, pk=asked_id, kind=kind, expires_at__gt=timezone.now(), request__isnull=False)
        .first()
    )


def owed_request(asked_id: uuid.UUID) -> AccountRequest | None:
    """Return a request that a worker still has to look at; one that is too old is forgotten."""
    asked = (
        AccountRequest.objects.select_related("tenant__pool__cell", "tenant__branding", "tenant__policy")
        .filter(pk=asked_id, mail_owed=True)
        .first()
    )
    if asked is not None and not (asked.is_open and asked.tenant.is_active):
        settle(asked)
        return None
    return asked


def settle(asked: AccountRequest) -> None:
    """Owe nothing for a request any more."""
    AccountRequest.objects.filter(pk=asked.pk).update(mail_owed=False)


def overdue(limit: int) -> list[uuid.UUID]:
    """Return the requests that no worker has looked at, the longest waiting first."""
    rows = AccountRequest.objects.filter(mail_owed=True, created_at__lt=timezone.now() - _OVERDUE)
    return list(rows.order_by("created_at").values_list("pk", flat=True)[:limit])


def use_up(asked: AccountRequest) -> None:
    """Note that a request has served; it is shown as done from now on."""
    AccountRequest.objects.filter(pk=asked.pk, used_at__isnull=True).update(used_at=timezone.now())
