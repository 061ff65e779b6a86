"""Suspending, deleting and bringing back a tenant. A deletion is final only after the fleet's retention time."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Account, FleetSettings, OutboxEntry, SyncKind, Tenant, TenantStatus
from tenants.services import audit
from tenants.services.outbox import request_sync


@transaction.atomic
def suspend_tenant(tenant_id: uuid.UUID, *, actor: Actor) -> Tenant:
    """Let nobody of the tenant in, end their sessions, and close its app clients; nothing is lost.

    Raises:
        NotFound: no such tenant.
        Conflict: it is not active.
    """
    tenant = _lock(tenant_id, TenantStatus.ACTIVE)
    return _set_status(tenant, TenantStatus.SUSPENDED, Action.TENANT_SUSPENDED, actor=actor)


@transaction.atomic
def resume_tenant(tenant_id: uuid.UUID, *, actor: Actor) -> Tenant:
    """Let the tenant's users sign in again.

    Raises:
        NotFound: no such tenant.
        Conflict: it is not suspended.
    """
    tenant = _lock(tenant_id, TenantStatus.SUSPENDED)
    return _set_status(tenant, TenantStatus.ACTIVE, Action.TENANT_RESUMED, actor=actor)


@transaction.atomic
def delete_tenant(tenant_id: uuid.UUID, *, confirm_slug: str, actor: Actor) -> Tenant:
    """Close the tenant as a suspension does, and have it removed after the fleet's retention time.

    Raises:
        NotFound: no such tenant.
        Conflict: it is deleted already.
        ValidationFailed: the slug that was typed is another.
    """
    tenant = _lock(tenant_id, TenantStatus.ACTIVE, TenantStatus.SUSPENDED)
    _confirm(tenant, confirm_slug)
    tenant.was_suspended = tenant.status == TenantStatus.SUSPENDED
    tenant.purge_after = timezone.now() + timedelta(days=FleetSettings.current().retention_days)
    return _set_status(tenant, TenantStatus.DELETED, Action.TENANT_DELETED, actor=actor)


@transaction.atomic
def restore_tenant(tenant_id: uuid.UUID, *, actor: Actor) -> Tenant:
    """Bring a deleted tenant back, as it was; one that was suspended comes back suspended.

    Raises:
        NotFound: no such tenant; also once it is removed.
        Conflict: it is not deleted, or its removal has begun.
    """
    tenant = _lock(tenant_id, TenantStatus.DELETED)
    if tenant.is_due_for_removal():
        raise Conflict(_("The removal of this tenant has begun. It cannot be brought back any more."))
    tenant.purge_after = None
    status = TenantStatus.SUSPENDED if tenant.was_suspended else TenantStatus.ACTIVE
    return _set_status(tenant, status, Action.TENANT_RESTORED, actor=actor)


@transaction.atomic
def remove_tenant_now(tenant_id: uuid.UUID, *, confirm_slug: str, actor: Actor) -> Tenant:
    """End the time in which a deleted tenant can be brought back: the workers remove it now.

    Raises:
        NotFound: no such tenant.
        Conflict: it is not deleted.
        ValidationFailed: the slug that was typed is another.
    """
    tenant = _lock(tenant_id, TenantStatus.DELETED)
    _confirm(tenant, confirm_slug)
    tenant.purge_after = Now()
    return _set_status(tenant, TenantStatus.DELETED, Action.TENANT_DELETED, actor=actor)


def request_due_removals() -> int:
    """Owe the removal of the tenants whose retention time is over, and return of how many.

    One that is owed already is tried when its time comes: asking again would take back the pause after a failure.
    """
    owed = OutboxEntry.objects.filter(kind=SyncKind.TENANT, done_gen__lt=F("wanted_gen"), scheduled=False)
    due = Tenant.objects.filter(status=TenantStatus.DELETED, purge_after__lte=Now())
    asked = list(due.exclude(pk__in=owed.values("key")).values_list("pk", flat=True))
    for tenant_id in asked:
        with transaction.atomic():
            request_sync(SyncKind.TENANT, tenant_id)
    return len(asked)


def _lock(tenant_id: uuid.UUID, *statuses: TenantStatus) -> Tenant:
    tenant = Tenant.objects.select_for_update(of=("self",)).filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.status not in statuses:
        raise Conflict(
            _("This tenant is %(status)s. Reload the page to see what can be done.")
            % {"status": tenant.get_status_display().lower()}
        )
    return tenant


def _confirm(tenant: Tenant, typed: str) -> None:
    if typed.strip() != tenant.slug:
        message = _("This is not the slug of the tenant. Type %(slug)s.") % {"slug": tenant.slug}
        raise ValidationFailed(message, fields={"confirm_name": message})


def _set_status(tenant: Tenant, status: TenantStatus, action: Action, *, actor: Actor) -> Tenant:
    before = {"status": tenant.status}
    tenant.status = status
    tenant.save(update_fields=["status", "was_suspended", "purge_after"])
    tenant.refresh_from_db(fields=["purge_after"])
    if status != TenantStatus.ACTIVE:
        # A session begun before must not come back to life with the tenant.
        DirectoryUser.objects.filter(tenant=tenant).update(signed_out_at=Now())
        Account.objects.end_tenant_sessions(tenant)
    after = {"status": status.value, "purge_after": tenant.purge_after.isoformat() if tenant.purge_after else None}
    for chain in (tenant, None):
        audit.record(action, actor=actor, tenant=chain, target=tenant, before=before, after=after)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return tenant
