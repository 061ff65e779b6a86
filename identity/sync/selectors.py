"""Reads of the reconciler's own state."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q, prefetch_related_objects

from identity.models import SyncedResource, WorkerHeartbeat
from identity.sync.arrivals import NOBODY, arrival_wishes
from identity.sync.family import Step
from identity.sync.native import NOTHING, native_wishes
from identity.sync.plans import pool_steps, tenant_steps
from identity.sync.views import ResourceView, SyncSummary, summarise, view_of
from tenants.models import OutboxEntry, SyncKind, Tenant, UserPool

Key = tuple[str, uuid.UUID]


def worker_last_seen() -> datetime | None:
    """Return when a worker last carried out its heartbeat task, or None if none ever did."""
    seen: datetime | None = WorkerHeartbeat.objects.aggregate(newest=Max("seen_at"))["newest"]
    return seen


def resources_for_tenant(tenant: Tenant) -> list[ResourceView]:
    """Return the tenant's pool, MFA settings, domain and app client, also those that no worker has seen yet."""
    return _for_tenants([tenant])[tenant.pk]


def resources_for_pool(pool: UserPool) -> list[ResourceView]:
    """Return a pool, its MFA settings and its domain, also what no worker has seen yet."""
    owner = None if pool.is_shared else pool.tenants.select_related("policy").first()
    key: Key = (SyncKind.POOL, pool.pk)
    rows, entries = _records([key])
    return [view_of(step, rows.get(_row_key(key, step)), entries.get(key)) for step in steps_of_pool(pool, owner)]


def tenant_sync_summary(tenant: Tenant) -> SyncSummary:
    """Return the state of a tenant's resources as one."""
    return summarise(resources_for_tenant(tenant))


def tenant_sync_summaries(tenants: Sequence[Tenant]) -> dict[uuid.UUID, SyncSummary]:
    """Return the state of each of many tenants, in a fixed number of queries.

    Select `pool__cell` and `policy` with the tenants.
    """
    return {tenant_id: summarise(views) for tenant_id, views in _for_tenants(tenants).items()}


def steps_of_pool(pool: UserPool, tenant: Tenant | None) -> list[Step]:
    """Return the resources of a pool; it follows the policy of its tenant if it is dedicated to one."""
    owner = None if pool.is_shared else tenant
    return pool_steps(pool, tenant=owner, policy=owner.policy if owner is not None else None)


def _for_tenants(tenants: Sequence[Tenant]) -> dict[uuid.UUID, list[ResourceView]]:
    # What is set on the pools decides which resources they have.
    prefetch_related_objects([tenant.pool for tenant in tenants], "settings")
    plans: dict[uuid.UUID, list[tuple[Key, Step]]] = {}
    natives, arriving = native_wishes(tenants, with_names=False), arrival_wishes(tenants)
    for tenant in tenants:
        own = tenant_steps(tenant, natives.get(tenant.pk, NOTHING), arriving.get(tenant.pk, NOBODY))
        pool_key: Key = (SyncKind.POOL, tenant.pool_id)
        tenant_key: Key = (SyncKind.TENANT, tenant.pk)
        plans[tenant.pk] = [
            *((pool_key, step) for step in steps_of_pool(tenant.pool, tenant)),
            *((tenant_key, step) for step in own),
        ]
    rows, entries = _records({key for plan in plans.values() for key, _ in plan})
    return {
        tenant_id: [view_of(step, rows.get(_row_key(key, step)), entries.get(key)) for key, step in plan]
        for tenant_id, plan in plans.items()
    }


def _row_key(key: Key, step: Step) -> tuple[Key, str, str]:
    return (key, step.family.family, step.name)


def _records(
    keys: Iterable[Key],
) -> tuple[Mapping[tuple[Key, str, str], SyncedResource], Mapping[Key, OutboxEntry]]:
    """The records and the outbox rows of these keys."""
    by_kind: dict[str, list[uuid.UUID]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    # Without a key the condition must match nothing, not everything.
    records, owed = Q(pk__in=[]), Q(pk__in=[])
    for kind, ids in by_kind.items():
        records |= Q(scope=kind, key__in=ids)
        owed |= Q(kind=kind, key__in=ids)
    rows = SyncedResource.objects.filter(records)
    entries = OutboxEntry.objects.filter(owed)
    return (
        {((row.scope, row.key), row.family, row.name): row for row in rows},
        {(entry.kind, entry.key): entry for entry in entries},
    )
