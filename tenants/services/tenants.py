"""Changing what the operator decides about a tenant. Creating one is `identity.services.onboarding`."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound, ValidationFailed
from tenants.models import Application, OutboxEntry, SyncKind, Tenant, TenantApplication
from tenants.services import audit
from tenants.services.native import refuse_shared_pools
from tenants.services.outbox import request_sync
from tenants.services.tenant_lock import lock_staying_tenant, lock_tenant


def load_applications(application_ids: Collection[uuid.UUID]) -> list[Application]:
    """Return the applications that a tenant can be given, by id.

    Raises:
        ValidationFailed: one of them does not exist, or is the dashboard, which every tenant has.
    """
    found = list(Application.objects.filter(pk__in=application_ids, is_builtin=False).order_by("name"))
    if len(found) != len(set(application_ids)):
        message = _("One of these applications does not exist any more. Choose again.")
        raise ValidationFailed(message, fields={"applications": message})
    return found


@transaction.atomic
def set_tenant_applications(tenant_id: uuid.UUID, application_ids: Collection[uuid.UUID], *, actor: Actor) -> Tenant:
    """Say which applications a tenant's users may sign in to, beside the dashboard.

    Raises:
        NotFound: no such tenant.
        ValidationFailed: an application does not exist.
        Conflict: the tenant is being removed for good.
    """
    tenant = lock_staying_tenant(tenant_id)
    wanted = load_applications(application_ids)
    refuse_shared_pools(tenant.pool.kind, wanted)
    rows = TenantApplication.objects.filter(tenant=tenant, application__is_builtin=False)
    before = set(rows.values_list("application__name", flat=True))
    after = {application.name for application in wanted}
    if before == after:
        return tenant
    rows.exclude(application__in=wanted).delete()
    TenantApplication.objects.bulk_create(
        [TenantApplication(tenant=tenant, application=application) for application in wanted], ignore_conflicts=True
    )
    # Applications in native mode have app clients in the tenant's pool.
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    for chain in (tenant, None):
        audit.record(
            Action.TENANT_APPLICATIONS_SET,
            actor=actor,
            tenant=chain,
            target=tenant,
            before={"applications": sorted(before)},
            after={"applications": sorted(after)},
        )
    return tenant


@transaction.atomic
def request_tenant_sync(tenant_id: uuid.UUID, *, actor: Actor) -> Tenant:
    """Compare a tenant and its pool with Cognito now, and put right what differs.

    Raises:
        NotFound: no such tenant.
    """
    tenant = lock_tenant(tenant_id)
    request_sync(SyncKind.POOL, tenant.pool_id, actor=actor)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    audit.record(Action.SYNC_REQUESTED, actor=actor, tenant=tenant, target=tenant)
    return tenant


@transaction.atomic
def retry_sync(kind: str, key: uuid.UUID, *, actor: Actor) -> OutboxEntry:
    """Try what is owed for (kind, key) now, rather than at its next attempt.

    Raises:
        NotFound: nothing was ever owed for it.
    """
    entry = OutboxEntry.objects.filter(kind=kind, key=key).first()
    if entry is None:
        raise NotFound
    request_sync(SyncKind(entry.kind), entry.key, actor=actor)
    audit.record(Action.SYNC_REQUESTED, actor=actor, target=entry)
    return entry
