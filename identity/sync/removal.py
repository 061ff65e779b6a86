"""Removing a tenant for good, once the time in which it could be brought back is over.

In a shared pool its users go first, then its app clients and what else it had; nothing of a neighbour is looked at. A
dedicated pool goes as a whole. Rows go last, when Cognito has nothing of the tenant any more.
"""

from django.db import models, transaction
from django.utils import timezone

from identity.models import DirectoryUser, SyncedResource
from identity.sync.converge import Work
from identity.sync.families.domain import DomainFamily
from identity.sync.families.domain import desired as desired_domain
from identity.sync.families.partition import PartitionFamily, PartitionSpec
from identity.sync.families.pool import PoolFamily
from identity.sync.families.pool import desired as desired_pool
from identity.sync.family import Step
from tenants.actor import system
from tenants.models import OutboxEntry, SyncKind, Tenant, TenantStatus, UserPool
from tenants.services import audit
from tenants.services.audit import Action


def partition_steps(tenant: Tenant) -> list[Step]:
    """Return how the users of a tenant in a shared pool go."""
    return [Step(PartitionFamily(), f"{tenant.key}.", PartitionSpec(tenant.key), present=False)]


def pool_removal(pool: UserPool, tenant: Tenant) -> Work:
    """Return how a dedicated pool goes: Cognito deletes no pool that has a domain."""
    spec = desired_pool(pool, tenant=tenant, policy=None)
    steps = [
        Step(DomainFamily(), pool.domain_prefix, desired_domain(pool), present=False),
        Step(PoolFamily(removing=True), pool.name, spec, present=False),
    ]
    return Work(steps, pool, tenant)


@transaction.atomic
def forget_tenant(tenant: Tenant) -> None:
    """Delete every row of a tenant but the one that its audit log hangs on, and free its slug."""
    users = DirectoryUser.objects.filter(tenant=tenant).values("pk")
    SyncedResource.objects.filter(scope=SyncKind.USER, key__in=users).delete()
    OutboxEntry.objects.filter(kind=SyncKind.USER, key__in=users).delete()
    # The tenant's own outbox row stays until this attempt has settled it.
    SyncedResource.objects.filter(scope=SyncKind.TENANT, key=tenant.pk).delete()
    for relation in Tenant._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.CASCADE:
            relation.related_model._default_manager.filter(**{relation.field.name: tenant}).delete()
    label, old_slug = str(tenant), tenant.slug
    tenant.status, tenant.slug, tenant.purge_after = TenantStatus.REMOVED, f"removed-{tenant.key}", None
    tenant.save(update_fields=["status", "slug", "purge_after"])
    if not tenant.pool.is_shared:
        SyncedResource.objects.filter(scope=SyncKind.POOL, key=tenant.pool_id).delete()
        OutboxEntry.objects.filter(kind=SyncKind.POOL, key=tenant.pool_id).delete()
        UserPool.objects.filter(pk=tenant.pool_id).update(removed_at=timezone.now())
    for chain in (tenant, None):
        audit.record(
            Action.TENANT_REMOVED,
            actor=system("sync"),
            tenant=chain,
            target=tenant,
            before={"name": label, "slug": old_slug},
        )
