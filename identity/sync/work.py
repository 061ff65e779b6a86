"""What a reconcile of each key is about: the rows, read when the work begins. The same for work and for a dry run."""

import uuid

from identity.models import DirectoryUser, Family, SyncedResource
from identity.sync.arrivals import NOBODY, arrival_wishes
from identity.sync.converge import Work
from identity.sync.family import Step
from identity.sync.native import NOTHING, native_wishes
from identity.sync.plans import pool_steps, retired_steps, tenant_steps, user_steps
from identity.sync.profiles import profiles_of
from identity.sync.removal import partition_steps, pool_removal
from tenants.models import SyncKind, Tenant, UserPool


def work_of(kind: SyncKind, key: uuid.UUID) -> Work | None:
    """Return what is to be done for a key; None where there is no such row, or where nothing is to be in Cognito."""
    match kind:
        case SyncKind.POOL:
            pool = UserPool.objects.select_related("cell").filter(pk=key).first()
            return pool_work(pool) if pool is not None else None
        case SyncKind.TENANT:
            tenant = Tenant.objects.select_related("pool__cell", "policy").filter(pk=key).first()
            return tenant_work(tenant) if tenant is not None else None
        case SyncKind.USER:
            user = DirectoryUser.objects.select_related("tenant__pool__cell").filter(pk=key).first()
            return user_work(user) if user is not None and user.is_in_cognito else None
        case _:
            return None


def pool_work(pool: UserPool) -> Work:
    """Return a pool, its MFA settings and its domain; or how they go with their tenant."""
    tenant = dedicated_tenant(pool)
    if tenant is not None and tenant.is_due_for_removal():
        return pool_removal(pool, tenant)
    steps = pool_steps(pool, tenant=tenant, policy=tenant.policy if tenant is not None else None)
    return Work([*steps, *retired_steps(_records(SyncKind.POOL, pool.pk), steps)], pool, tenant)


def tenant_work(tenant: Tenant) -> Work:
    """Return what a tenant has in its pool; or how that goes, for one that is to be removed."""
    steps = partition_steps(tenant) if tenant.is_due_for_removal() else tenant_wishes(tenant)
    return Work([*steps, *retired_steps(_records(SyncKind.TENANT, tenant.pk), steps)], tenant.pool, tenant)


def tenant_wishes(tenant: Tenant) -> list[Step]:
    """Return what a tenant is to have in its pool."""
    arriving = arrival_wishes([tenant]).get(tenant.pk, NOBODY)
    return tenant_steps(tenant, native_wishes([tenant]).get(tenant.pk, NOTHING), arriving)


def user_work(user: DirectoryUser) -> Work:
    """Return one user, with all that Cognito has of them."""
    profiles = profiles_of([user.pk]).get(user.pk, ())
    return Work(user_steps(user, profiles), user.tenant.pool, user.tenant)


def dedicated_tenant(pool: UserPool) -> Tenant | None:
    """Return the tenant whose policy the pool follows; None for a shared pool."""
    return None if pool.is_shared else pool.tenants.select_related("policy").get()


def _records(scope: SyncKind, key: uuid.UUID) -> list[tuple[Family, str]]:
    rows = SyncedResource.objects.filter(scope=scope, key=key).values_list("family", "name").order_by("pk")
    return [(Family(family), name) for family, name in rows]
