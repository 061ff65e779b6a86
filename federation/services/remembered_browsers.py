"""Browsers in which people are not asked for a second factor again for a while: remembering them, and forgetting."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from federation.models import KnownDevice, RememberedBrowser
from federation.services.known_devices import KEPT, trusted_devices
from federation.tokens import hash_token
from federation.visitor import as_user
from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factor_rules import days_remembered
from tenants.models import Tenant
from tenants.models.pool_settings import options_of
from tenants.services import audit

FORGET_TASK = "federation.forget_browser"


@dataclass(frozen=True, slots=True)
class Remembering:
    """That somebody who showed a second factor is not to be asked for one here for a while.

    Args:
        device: Cognito's, where it is Cognito that asks; it remembers it by now.
    """

    device: auth.Device | None


def days_in_force(tenant: Tenant) -> int:
    """Return for how many days a tenant's browsers are remembered; 0 where none is."""
    days = tenant.policy.remember_days
    return days_remembered(days, options_of(tenant.pool)) if days else 0


def remember_browser(user: DirectoryUser, token: str, remembering: Remembering, *, visitor: Actor) -> None:
    """Remember a browser in the place of what was remembered of it before; in the transaction of the sign-in.

    Where the tenant has none remembered any more, the row is there for Cognito to forget its device.

    Args:
        user: who showed a second factor.
        token: by which the browser is known from now on.
        remembering: what it is remembered by.
        visitor: the request's actor.
    """
    now, days = timezone.now(), days_in_force(user.tenant)
    if not days and remembering.device is None:
        return
    browser = KnownDevice.objects.get(tenant=user.tenant_id, user=user, token_hash=hash_token(token))
    RememberedBrowser.objects.filter(tenant=user.tenant_id, browser=browser).update(browser=None)
    row = RememberedBrowser(
        tenant_id=user.tenant_id,
        user=user,
        browser=browser,
        remembered_at=now,
        until=now + timedelta(days=days),
        resets=user.mfa_reset_wanted,
        device_key=remembering.device.key if remembering.device else "",
    )
    if remembering.device:
        row.seal_secrets(json.dumps(asdict(remembering.device)))
    row.save(force_insert=True)
    if days:
        after = {"device": str(browser.device), "days": days}
        audit.record(
            Action.BROWSER_REMEMBERED, actor=as_user(visitor, user), tenant=user.tenant, target=user, after=after
        )


def is_remembered(user: DirectoryUser, token: str) -> bool:
    """Say whether somebody is not asked for a second factor in the browser that holds a token."""
    if not token or not days_in_force(user.tenant):
        return False
    return _counting(user.tenant).filter(user=user, browser__token_hash=hash_token(token)).exists()


def remembered_device(tenant: Tenant, token: str, email: str) -> auth.Device | None:
    """Return by what Cognito knows the browser that holds a token, if somebody with an address is remembered there.

    What is asked of the database is the same for every address.
    """
    if not token or not days_in_force(tenant):
        return None
    here = _counting(tenant).filter(browser__token_hash=hash_token(token), user__email=email)
    row = here.exclude(device_key="").first()
    return auth.Device(**json.loads(row.secrets)) if row is not None else None


def remembered_until(user: DirectoryUser) -> dict[uuid.UUID, datetime]:
    """Return until when each of a user's known browsers spares them the second factor, by the browser's id."""
    most = timedelta(days=days_in_force(user.tenant))
    rows = _counting(user.tenant).filter(user=user).values_list("browser_id", "until", "remembered_at")
    return {browser: min(until, since + most) for browser, until, since in rows}


def forget_device(tenant: Tenant, device: auth.Device) -> None:
    """Count on a device no longer that Cognito does not take any more."""
    RememberedBrowser.objects.filter(tenant=tenant, device_key=device.key).update(browser=None)


def unused(limit: int) -> list[uuid.UUID]:
    """Return what counts no more, whatever the reason; in no order, so that nothing is in the way of the rest."""
    return list(_unused().order_by("?").values_list("pk", flat=True)[:limit])


def forget(row_id: uuid.UUID) -> None:
    """Have Cognito forget a device that counts no more, and forget it here. Repeatable.

    Raises:
        auth.AuthUnavailable: Cognito cannot answer now.
    """
    row = _unused().select_related("user__tenant__pool__cell").filter(pk=row_id).first()
    if row is None:
        return
    if row.device_key:
        auth.forget_device(pool_ref(row.user.tenant.pool), row.user.username, row.device_key)
    row.delete()


def _counting(tenant: Tenant) -> QuerySet[RememberedBrowser]:
    """What of a tenant's counts now. A policy that became stricter is met at once."""
    now = timezone.now()
    return RememberedBrowser.objects.filter(
        tenant=tenant,
        until__gt=now,
        remembered_at__gt=now - timedelta(days=days_in_force(tenant)),
        resets=F("user__mfa_reset_wanted"),
        browser__in=trusted_devices(),
    )


def _unused() -> QuerySet[RememberedBrowser]:
    """What does not count, of all tenants: the reverse of `_counting`, which knows a tenant's days."""
    now = timezone.now()
    days = ExpressionWrapper(F("tenant__policy__remember_days") * timedelta(days=1), output_field=DurationField())
    is_off = ~Q(tenant__pool__settings__remembers_devices=True)
    is_void = ~Q(resets=F("user__mfa_reset_wanted"))
    is_gone = Q(browser__isnull=True) | Q(browser__forgotten_at__isnull=False)
    is_old = Q(until__lte=now) | Q(remembered_at__lte=now - days) | Q(browser__last_seen_at__lte=now - KEPT)
    signed_out = Q(user__signed_out_at__gte=F("browser__last_seen_at"))
    return RememberedBrowser.objects.filter(is_off | is_void | is_gone | is_old | signed_out)
