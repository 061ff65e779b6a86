"""Browsers in which people are not asked for a second factor again for a while: remembering them, and forgetting."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from federation.models import RememberedBrowser
from federation.services.known_devices import is_trusted
from federation.tokens import hash_token
from federation.visitor import as_user
from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factor_rules import days_remembered, usable
from tenants.factors import SecondFactor
from tenants.models import Tenant
from tenants.models.pool_settings import options_of
from tenants.services import audit

FORGET_TASK = "federation.forget_browser"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Remembering:
    """That somebody who showed a second factor is not to be asked for one here for a while.

    Args:
        factor: which they showed.
        device: Cognito's, where it is Cognito that asks; it remembers it by now.
    """

    factor: SecondFactor
    device: auth.Device | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A browser in which Cognito is not to ask.

    Args:
        id: of the row.
        device: by what Cognito knows it.
    """

    id: uuid.UUID
    device: auth.Device


def days_in_force(tenant: Tenant) -> int:
    """Return for how many days a tenant's browsers are remembered; 0 where none is."""
    days = tenant.policy.remember_days
    return days_remembered(days, options_of(tenant.pool)) if days else 0


def remember_browser(user: DirectoryUser, browser_id: uuid.UUID, remembering: Remembering, *, visitor: Actor) -> None:
    """Remember a browser in the place of what was remembered of it before; in the transaction of the sign-in.

    Where the tenant has none remembered any more, the row is there for Cognito to forget its device.

    Args:
        user: who showed a second factor.
        browser_id: of their `KnownDevice`.
        remembering: what it is remembered by.
        visitor: the request's actor.
    """
    now, days = timezone.now(), days_in_force(user.tenant)
    if not days and remembering.device is None:
        return
    RememberedBrowser.objects.filter(tenant=user.tenant_id, browser=browser_id).update(browser=None)
    row = RememberedBrowser(
        tenant_id=user.tenant_id,
        user=user,
        browser_id=browser_id,
        remembered_at=now,
        until=now + timedelta(days=days),
        resets=user.mfa_reset_wanted,
        factor=remembering.factor,
        device_key=remembering.device.key if remembering.device else "",
    )
    if remembering.device:
        row.seal_secrets(json.dumps(asdict(remembering.device)))
    row.save(force_insert=True)
    if days:
        actor = as_user(visitor, user)
        audit.record(Action.BROWSER_REMEMBERED, actor=actor, tenant=user.tenant, target=user, after={"days": days})


def own_factor_spared(user: DirectoryUser, token: str) -> SecondFactor | None:
    """Return which factor of ours somebody showed in the browser that holds a token, where that counts; None otherwise.

    Whether they still have it is for the caller to see.
    """
    if not token or not days_in_force(user.tenant):
        return None
    row = _counting(user.tenant).filter(user=user, browser__token_hash=hash_token(token), device_key="").first()
    return SecondFactor(row.factor) if row is not None else None


def remembered_device(tenant: Tenant, token: str, email: str) -> Remembered | None:
    """Return by what Cognito knows the browser that holds a token, if somebody with an address is remembered there.

    What is asked of the database is the same for every address.
    """
    if not token or not days_in_force(tenant):
        return None
    here = _counting(tenant).filter(browser__token_hash=hash_token(token), user__email=email).exclude(device_key="")
    row = here.select_related("user").first()
    if row is None or row.factor not in _counted(tenant) or row.factor not in row.user.second_factors:
        return None
    return Remembered(row.pk, auth.Device(**json.loads(row.secrets)))


def remembered_until(user: DirectoryUser) -> dict[uuid.UUID, datetime]:
    """Return until when each of a user's known browsers spares them the second factor, by the browser's id."""
    most = timedelta(days=days_in_force(user.tenant))
    has = [factor for factor in user.second_factors if factor in (*_counted(user.tenant), SecondFactor.KEY)]
    rows = _counting(user.tenant).filter(user=user, factor__in=has)
    found = rows.values_list("browser_id", "until", "remembered_at")
    return {browser: min(until, since + most) for browser, until, since in found}


def give_up(remembered: Remembered) -> None:
    """Count on a browser no longer of which Cognito does not take the device any more."""
    RememberedBrowser.objects.filter(pk=remembered.id).update(browser=None)


def give_up_all(user: DirectoryUser) -> None:
    """Ask somebody for their second factor again wherever they had a browser remembered."""
    RememberedBrowser.objects.filter(tenant=user.tenant_id, user=user).update(browser=None)


def give_up_void() -> None:
    """Count on nothing any longer that does not count now, for whatever reason: it could count again otherwise."""
    RememberedBrowser.objects.filter(pk__in=_void().values("pk")).update(browser=None)


def unused(limit: int) -> list[uuid.UUID]:
    """Return what counts no more; in no order, so that nothing is in the way of the rest."""
    given_up = RememberedBrowser.objects.filter(browser__isnull=True)
    return list(given_up.order_by("?").values_list("pk", flat=True)[:limit])


def forget(row_id: uuid.UUID) -> None:
    """Have Cognito forget a device that counts no more, and forget it here. Repeatable.

    Raises:
        auth.AuthUnavailable: Cognito cannot answer now.
    """
    rows = RememberedBrowser.objects.select_related("user__tenant__pool__cell")
    row = rows.filter(pk=row_id, browser__isnull=True).first()
    if row is None:
        return
    if row.device_key:
        try:
            auth.forget_device(pool_ref(row.user.tenant.pool), row.user.username, row.device_key)
        except auth.AuthMisconfigured as error:
            # It would be so each minute. Nobody has the password of the device, once the row is gone.
            _log.warning("device_left_at_cognito", reason=str(error))
    row.delete()


def _counted(tenant: Tenant) -> tuple[SecondFactor, ...]:
    return usable(tenant.policy.second_factors, options_of(tenant.pool))


def _counting(tenant: Tenant) -> QuerySet[RememberedBrowser]:
    """What of a tenant's counts now, but for the factor. A policy that became stricter is met at once."""
    now = timezone.now()
    oldest = now - timedelta(days=days_in_force(tenant))
    return RememberedBrowser.objects.filter(
        is_trusted("browser__"),
        tenant=tenant,
        until__gt=now,
        remembered_at__gt=max(oldest, tenant.policy.remembered_since or oldest),
        resets=F("user__mfa_reset_wanted"),
    )


def _void() -> QuerySet[RememberedBrowser]:
    """What is not given up yet and does not count, of all tenants: the reverse of `_counting`, which knows the days."""
    now = timezone.now()
    days = ExpressionWrapper(F("tenant__policy__remember_days") * timedelta(days=1), output_field=DurationField())
    is_off = ~Q(tenant__pool__settings__remembers_devices=True)
    is_reset = ~Q(resets=F("user__mfa_reset_wanted"))
    is_before = Q(remembered_at__lte=now - days) | Q(remembered_at__lte=F("tenant__policy__remembered_since"))
    void = is_off | is_reset | is_before | Q(until__lte=now) | ~is_trusted("browser__")
    return RememberedBrowser.objects.filter(void, browser__isnull=False)
