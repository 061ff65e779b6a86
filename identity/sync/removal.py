"""Removing a tenant for good, once the time in which it could be brought back is over.

In a shared pool its users go first, then its app clients and what else it had; nothing of a neighbour is looked at. A
dedicated pool goes as a whole. Rows go last, when Cognito has nothing of the tenant any more.
"""

import uuid
from collections.abc import Iterator

from django.db import models, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from identity.models import BulkLane, DirectoryUser, SyncedResource, SyncPlan
from identity.sync.converge import Work
from identity.sync.families.domain import retired as retired_domain
from identity.sync.families.partition import PartitionFamily, PartitionSpec
from identity.sync.families.pool import PoolFamily
from identity.sync.families.pool import desired as desired_pool
from identity.sync.family import Step
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.models import Invitation, OutboxEntry, SyncKind, Tenant, TenantStatus, UserPool
from tenants.services import audit


def partition_steps(tenant: Tenant) -> list[Step]:
    """Return how the users of a tenant in a shared pool go."""
    return [Step(PartitionFamily(), f"{tenant.key}.", PartitionSpec(tenant.key), present=False)]


def pool_removal(pool: UserPool, tenant: Tenant) -> Work:
    """Return how a dedicated pool goes: Cognito deletes no pool that has a domain."""
    spec = desired_pool(pool, tenant=tenant, policy=None)
    steps = [
        retired_domain(pool.domain_prefix),
        Step(PoolFamily(removing=True), pool.name, spec, present=False),
    ]
    return Work(steps, pool, tenant)


def is_written_to(tenant: Tenant) -> bool:
    """Say whether somebody who began before the removal may still be making a user of the tenant in Cognito.

    Nobody begins any more: invitations of a closed tenant cannot be accepted, and its users are not reconciled.
    """
    users = DirectoryUser.objects.filter(tenant=tenant).values("pk")
    leases = OutboxEntry.objects.filter(kind=SyncKind.USER, key__in=users, lease_until__gt=Now())
    return leases.exists() or Invitation.objects.filter(tenant=tenant, claimed_until__gt=Now()).exists()


@transaction.atomic
def forget_tenant(tenant_id: uuid.UUID) -> None:
    """Delete every row of a tenant but the one that its audit log hangs on, and free its slug.

    A worker that was overtaken meanwhile finds it done.
    """
    due = Tenant.objects.filter(status=TenantStatus.DELETED, purge_after__lte=Now())
    tenant = due.select_for_update(of=("self",)).select_related("pool").filter(pk=tenant_id).first()
    if tenant is None:
        return
    for kinds, keys in _outbox_keys(tenant):
        OutboxEntry.objects.filter(kind__in=kinds, key__in=keys).delete()
    users = DirectoryUser.objects.filter(tenant=tenant).values("pk")
    SyncedResource.objects.filter(scope=SyncKind.USER, key__in=users).delete()
    # They name people, with their addresses.
    SyncPlan.objects.filter(scope=SyncKind.USER, key__in=users).delete()
    # The tenant's own outbox row stays until this attempt has settled it (`forget_settled`).
    SyncedResource.objects.filter(scope=SyncKind.TENANT, key=tenant.pk).delete()
    _forget_what_hangs_on(tenant)
    label, old_slug = str(tenant), tenant.slug
    # No tenant can have a slug with a point in it.
    tenant.status, tenant.slug, tenant.purge_after = TenantStatus.REMOVED, f"removed.{tenant.key}", None
    tenant.save(update_fields=["status", "slug", "purge_after"])
    if not tenant.pool.is_shared:
        SyncedResource.objects.filter(scope=SyncKind.POOL, key=tenant.pool_id).delete()
        OutboxEntry.objects.filter(kind__in=(SyncKind.POOL, SyncKind.PULL), key=tenant.pool_id).delete()
        # Also who was found in it and was nobody's.
        _forget_what_hangs_on(tenant.pool)
        UserPool.objects.filter(pk=tenant.pool_id).update(removed_at=timezone.now())
    for chain in (tenant, None):
        audit.record(
            Action.TENANT_REMOVED,
            actor=system("sync"),
            tenant=chain,
            target=tenant,
            before={"name": label, "slug": old_slug},
        )


def _forget_what_hangs_on(row: Tenant | UserPool) -> None:
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.CASCADE:
            relation.related_model._default_manager.filter(**{relation.field.name: row}).delete()


def forget_settled() -> None:
    """Delete the outbox rows of tenants that are removed, which their last attempt has settled."""
    settled = OutboxEntry.objects.filter(kind=SyncKind.TENANT, done_gen=F("wanted_gen"), lease_token__isnull=True)
    settled.exclude(key__in=Tenant.objects.values("pk")).delete()


def _outbox_keys(tenant: Tenant) -> Iterator[tuple[tuple[SyncKind, ...], QuerySet[models.Model, uuid.UUID]]]:
    """What else may be owed for a tenant: kinds, and the keys of each."""
    yield (SyncKind.USER, SyncKind.PULL_USER), DirectoryUser.objects.filter(tenant=tenant).values_list("pk", flat=True)
    yield (SyncKind.INVITATION,), Invitation.objects.filter(tenant=tenant).values_list("pk", flat=True)
    yield (SyncKind.BULK,), BulkLane.objects.filter(tenant=tenant).values_list("pk", flat=True)
