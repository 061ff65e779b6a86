"""Reads of the operator's own tables."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tenants.errors import NotFound
from tenants.models import (
    Account,
    Application,
    AuditEvent,
    Cell,
    PoolKind,
    Tenant,
    TenantApplication,
    TenantStatus,
    UserPool,
)


@dataclass(frozen=True, kw_only=True)
class TenantFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the name or slug, in any case, or the whole key.
        status: a `TenantStatus`.
        isolation: a `PoolKind`.
        cell: the name of a cell.
    """

    q: str = ""
    status: str = ""
    isolation: str = ""
    cell: str = ""


def find_tenants(wanted: TenantFilter) -> QuerySet[Tenant]:
    """Return the tenants that a filter leaves, with their places, in no order yet."""
    tenants = Tenant.objects.select_related("pool__cell", "policy")
    if q := wanted.q.strip().replace("\0", ""):
        tenants = tenants.filter(Q(name__icontains=q) | Q(slug__icontains=q) | Q(key=q))
    if wanted.status:
        tenants = tenants.filter(status=wanted.status)
    if wanted.isolation:
        tenants = tenants.filter(pool__kind=wanted.isolation)
    if wanted.cell:
        tenants = tenants.filter(pool__cell__name=wanted.cell)
    return tenants


def get_tenant(tenant_id: uuid.UUID) -> Tenant:
    """Return a tenant with its place.

    Raises:
        NotFound: no such tenant.
    """
    tenant = Tenant.objects.select_related("pool__cell", "policy").filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    return tenant


def list_applications() -> QuerySet[Application]:
    """Return every application with `tenant_count`, Lifeguard's own last."""
    grants = TenantApplication.objects.filter(application=OuterRef("pk")).order_by()
    count = grants.values("application").annotate(count=Count("pk")).values("count")
    return Application.objects.annotate(tenant_count=Coalesce(Subquery(count), 0)).order_by("is_builtin", "name")


def choosable_applications() -> QuerySet[Application]:
    """Return the applications that a tenant can be given."""
    return Application.objects.filter(is_builtin=False).order_by("name")


def get_application(application_id: uuid.UUID) -> Application:
    """Return an application.

    Raises:
        NotFound: no such application.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise NotFound
    return application


def applications_of(tenant: Tenant) -> list[Application]:
    """Return the applications that a tenant's users may sign in to, beside the dashboard."""
    granted = TenantApplication.objects.filter(tenant=tenant).values("application")
    return list(choosable_applications().filter(pk__in=granted))


def tenants_of(application: Application) -> list[Tenant]:
    """Return the tenants whose users may sign in to an application."""
    granted = TenantApplication.objects.filter(application=application).values("tenant")
    return list(Tenant.objects.filter(pk__in=granted).order_by("name"))


def list_cells() -> QuerySet[Cell]:
    """Return every cell with `pool_count` and `tenant_count`."""
    return Cell.objects.annotate(
        pool_count=Count("pools", distinct=True), tenant_count=Count("pools__tenants", distinct=True)
    ).order_by("name")


def list_pools() -> QuerySet[UserPool]:
    """Return every pool with its cell and `tenant_count`, shared ones first."""
    return (
        UserPool.objects.select_related("cell").annotate(tenant_count=Count("tenants")).order_by("cell__name", "-kind")
    )


def list_operators() -> QuerySet[Account]:
    """Return the operator's staff."""
    return Account.objects.exclude(operator_role="").order_by("name", "email")


@dataclass(frozen=True)
class FleetCounts:
    """How much there is."""

    tenants: int
    suspended: int
    dedicated: int
    shared: int
    applications: int
    cells: int


def fleet_counts() -> FleetCounts:
    """Count what the overview shows."""
    tenants = Tenant.objects.aggregate(
        total=Count("pk"),
        suspended=Count("pk", filter=Q(status=TenantStatus.SUSPENDED)),
        dedicated=Count("pk", filter=Q(pool__kind=PoolKind.DEDICATED)),
    )
    return FleetCounts(
        tenants=tenants["total"],
        suspended=tenants["suspended"],
        dedicated=tenants["dedicated"],
        shared=tenants["total"] - tenants["dedicated"],
        applications=choosable_applications().count(),
        cells=Cell.objects.count(),
    )


@dataclass(frozen=True, kw_only=True)
class FleetAuditFilter:
    """What to look for in the fleet's log; empty values do not narrow it.

    Args:
        q: part of who acted, or of what they changed, in any case.
        action: an audit action.
        actor: the id of an actor.
    """

    q: str = ""
    action: str = ""
    actor: str = ""


def fleet_events(wanted: FleetAuditFilter) -> QuerySet[AuditEvent]:
    """Return the events of the fleet's chain that a filter leaves, in no order yet."""
    events = AuditEvent.objects.filter(tenant__isnull=True)
    if q := wanted.q.strip().replace("\0", ""):
        events = events.filter(Q(actor_label__icontains=q) | Q(target_label__icontains=q))
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.actor:
        events = events.filter(actor_id=wanted.actor)
    return events
