"""What of the reconciler's work is a tenant's own to see: never what a shared pool's tenants have in common."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from identity.models import DirectoryUser, Family, SyncedResource
from identity.selectors.discretion import discreet
from identity.sync.selectors import resources_for_tenant
from identity.sync.views import ResourceView
from tenants.models import SyncKind, Tenant


def own_keys(tenant: Tenant) -> list[tuple[SyncKind, UUID]]:
    """Return what is reconciled for this tenant alone, its pool before itself; users are not listed."""
    pool = [] if tenant.pool.is_shared else [(SyncKind.POOL, tenant.pool_id)]
    return [*pool, (SyncKind.TENANT, tenant.pk)]


def is_own(tenant: Tenant, *, kind: str = "scope") -> Q:
    """Return the condition on rows with a key that they concern this tenant alone: its pool, itself, its users.

    Args:
        tenant: whose.
        kind: the name of the column beside `key`.
    """
    own = Q(**{kind: SyncKind.USER}, key__in=DirectoryUser.objects.filter(tenant=tenant).values("pk"))
    for each, key in own_keys(tenant):
        own |= Q(**{kind: each}, key=key)
    return own


def own_records(tenant: Tenant) -> QuerySet[SyncedResource]:
    """Return the records of what `own_resources` shows and of the tenant's users, in no order yet."""
    return SyncedResource.objects.filter(is_own(tenant)).exclude(family__in=OPERATORS)


def own_resources(tenant: Tenant) -> list[ResourceView]:
    """Return what Cognito holds for this tenant. A shared pool itself is the operator's, and no tenant's business.

    Nor are the operator's logs and rules against attacks, in a pool of the tenant's own either.
    """
    hidden = POOL_LEVEL if tenant.pool.is_shared else OPERATORS
    return [
        replace(resource, detail=discreet(resource.detail, tenant), remedy=discreet(resource.remedy, tenant))
        for resource in resources_for_tenant(tenant)
        if resource.family not in hidden
    ]


# What a pool has once, for all who are in it.
POOL_LEVEL = frozenset({Family.POOL, Family.MFA, Family.DOMAIN, Family.RISK, Family.LOG_DELIVERY})
OPERATORS = frozenset({Family.RISK, Family.LOG_DELIVERY})
