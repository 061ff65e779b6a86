"""Changing what holds for the whole fleet, and what a tenant says instead."""

import uuid
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound, ValidationFailed
from tenants.models import DriftMode, FleetSettings, SyncKind, Tenant
from tenants.services import audit
from tenants.services.outbox import request_sync


@dataclass(frozen=True, kw_only=True)
class FleetSettingsChange:
    """What to change; None leaves a value as it is."""

    drift_mode: str | None = None
    compare_hours: int | None = None
    retention_days: int | None = None
    sign_in_days: int | None = None


@transaction.atomic
def update_fleet_settings(change: FleetSettingsChange, *, actor: Actor) -> FleetSettings:
    """Change the fleet's settings. They hold from the next comparison of each tenant on.

    Raises:
        ValidationFailed: a value out of its bounds.
    """
    settings, _created = FleetSettings.objects.select_for_update().get_or_create(pk=FleetSettings.ONLY)
    wanted = {
        name: value for name, value in asdict(change).items() if value is not None and getattr(settings, name) != value
    }
    if not wanted:
        return settings
    before = {name: getattr(settings, name) for name in wanted}
    for name, value in wanted.items():
        setattr(settings, name, value)
    try:
        settings.full_clean()
    except ValidationError as error:
        fields = {name: messages[0] for name, messages in error.message_dict.items()}
        raise ValidationFailed(_("The settings were not saved."), fields=fields) from error
    settings.save(update_fields=list(wanted))
    audit.record(Action.FLEET_SETTINGS_UPDATED, actor=actor, target=settings, before=before, after=wanted)
    return settings


@transaction.atomic
def set_drift_mode(tenant_id: uuid.UUID, mode: str, *, actor: Actor) -> Tenant:
    """Say what happens to what somebody changes in Cognito by hand, for one tenant; it is compared at once.

    Raises:
        NotFound: no such tenant.
        ValidationFailed: no such mode.
    """
    if mode not in DriftMode.values:
        message = _("Choose one of these.")
        raise ValidationFailed(message, fields={"drift_mode": message})
    tenant = Tenant.objects.select_for_update(of=("self",)).select_related("pool").filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.drift_mode == mode:
        return tenant
    before, tenant.drift_mode = tenant.drift_mode, mode
    tenant.save(update_fields=["drift_mode"])
    audit.record(
        Action.DRIFT_MODE_SET,
        actor=actor,
        tenant=tenant,
        target=tenant,
        before={"drift_mode": before},
        after={"drift_mode": mode},
    )
    if not tenant.pool.is_shared:
        request_sync(SyncKind.POOL, tenant.pool_id, actor=actor)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return tenant
