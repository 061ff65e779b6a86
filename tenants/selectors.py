"""Reads of the operator's own tables."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from tenants.errors import NotFound
from tenants.models import (
    Account,
    Application,
    AuditEvent,
    Cell,
    PoolKind,
    Tenant,
    TenantApplication,
    UserPool,
)
from tenants.models.application import ACCESS_TOKEN_MINUTES
from tenants.models.audit import FLEET_CHAIN


@dataclass(frozen=True, kw_only=True)
class TenantFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the name or slug, in any case, or the whole key.
        status: a `TenantStatus`.
        isolation: a `PoolKind`.
        cell: the name of a cell.
        application: the id of an application that the tenant's users may sign in to.
    """

    q: str = ""
    status: str = ""
    isolation: str = ""
    cell: str = ""
    application: uuid.UUID | None = None


def find_tenants(wanted: TenantFilter) -> QuerySet[Tenant]:
    """Return the tenants that a filter leaves, with their places, in no order yet."""
    tenants = Tenant.objects.select_related("pool__cell", "policy")
    if q := _searchable(wanted.q):
        tenants = tenants.filter(Q(name__icontains=q) | Q(slug__icontains=q) | Q(key=q))
    if wanted.status:
        tenants = tenants.filter(status=wanted.status)
    if wanted.isolation:
        tenants = tenants.filter(pool__kind=wanted.isolation)
    if wanted.cell:
        tenants = tenants.filter(pool__cell__name=wanted.cell)
    if wanted.application:
        granted = TenantApplication.objects.filter(application=wanted.application)
        tenants = tenants.filter(pk__in=granted.values("tenant"))
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


def find_applications(q: str = "") -> QuerySet[Application]:
    """Return the applications whose name or client id contains `q`, with `tenant_count`, in no order yet."""
    grants = TenantApplication.objects.filter(application=OuterRef("pk"))
    applications = Application.objects.annotate(tenant_count=_count_of(grants, "application"))
    if q := _searchable(q):
        applications = applications.filter(Q(name__icontains=q) | Q(client_id__icontains=q))
    return applications


def choosable_applications() -> QuerySet[Application]:
    """Return the applications that a tenant can be given."""
    return Application.objects.filter(is_builtin=False).order_by("name")


def public_redirect_uris() -> list[str]:
    """Return the redirect URIs of all public applications."""
    rows = Application.objects.filter(is_public=True).values_list("redirect_uris", flat=True)
    return [uri for uris in rows for uri in uris]


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


def longest_access_token_minutes(tenant: Tenant) -> int:
    """Return for how long an access token that a tenant's applications have been given can go on, in minutes.

    As the applications are set now, Cognito's tokens of those in native mode included. Lifeguard's own applications do
    not count: their tokens are for our own endpoints alone, which ask the session each time.
    """
    found = TenantApplication.objects.filter(tenant=tenant, application__is_builtin=False).aggregate(
        ours=Max("application__access_token_minutes"), cognitos=Max("application__native__access_minutes")
    )
    return max(found["ours"] or ACCESS_TOKEN_MINUTES, found["cognitos"] or 0)


def list_cells() -> QuerySet[Cell]:
    """Return every cell."""
    return Cell.objects.order_by("name")


def find_cells(q: str = "") -> QuerySet[Cell]:
    """Return the cells whose name or Region contains `q`, with `pool_count` and `tenant_count`, in no order yet."""
    pools = UserPool.objects.filter(cell=OuterRef("pk"))
    tenants = Tenant.objects.filter(pool__cell=OuterRef("pk"))
    cells = Cell.objects.annotate(pool_count=_count_of(pools, "cell"), tenant_count=_count_of(tenants, "pool__cell"))
    if q := _searchable(q):
        cells = cells.filter(Q(name__icontains=q) | Q(region__icontains=q))
    return cells


def get_cell(cell_id: uuid.UUID) -> Cell:
    """Return a cell.

    Raises:
        NotFound: no such cell.
    """
    cell = Cell.objects.filter(pk=cell_id).first()
    if cell is None:
        raise NotFound
    return cell


@dataclass(frozen=True, kw_only=True)
class PoolFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the pool's name, of Cognito's id, or of a tenant's name or slug, in any case.
        kind: a `PoolKind`.
        cell: the name of a cell.
    """

    q: str = ""
    kind: str = ""
    cell: str = ""


def find_pools(wanted: PoolFilter) -> QuerySet[UserPool]:
    """Return the pools that a filter leaves, with their cells, `cell_name` and `tenant_count`, in no order yet."""
    pools = UserPool.objects.select_related("cell").annotate(
        cell_name=F("cell__name"),
        tenant_count=_count_of(Tenant.objects.filter(pool=OuterRef("pk")), "pool"),
        # `UserPool.name`, as the database can search it.
        searched_name=Concat(Value("lg-"), Cast("id", CharField())),
    )
    if q := _searchable(wanted.q):
        # Not by a join: that would count the tenants found instead of all.
        of_tenants = Tenant.objects.filter(Q(name__icontains=q) | Q(slug__icontains=q)).values("pool")
        pools = pools.filter(Q(searched_name__icontains=q) | Q(cognito_id__icontains=q) | Q(pk__in=of_tenants))
    if wanted.kind:
        pools = pools.filter(kind=wanted.kind)
    if wanted.cell:
        pools = pools.filter(cell__name=wanted.cell)
    return pools


def get_pool(pool_id: uuid.UUID) -> UserPool:
    """Return a pool with its cell.

    Raises:
        NotFound: no such pool.
    """
    pool = UserPool.objects.select_related("cell").filter(pk=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def list_operators() -> QuerySet[Account]:
    """Return the operator's staff."""
    return Account.objects.exclude(operator_role="").order_by("name", "email")


@dataclass(frozen=True)
class FleetCounts:
    """How much there is."""

    tenants: int
    dedicated: int
    shared: int
    applications: int
    cells: int


def fleet_counts() -> FleetCounts:
    """Count what the overview shows."""
    tenants = Tenant.objects.aggregate(
        total=Count("pk"),
        dedicated=Count("pk", filter=Q(pool__kind=PoolKind.DEDICATED)),
    )
    return FleetCounts(
        tenants=tenants["total"],
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
    events = AuditEvent.objects.filter(chain=FLEET_CHAIN)
    if q := _searchable(wanted.q):
        events = events.filter(Q(actor_label__icontains=q) | Q(target_label__icontains=q))
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.actor:
        events = events.filter(actor_id=wanted.actor)
    return events


def _count_of(rows: QuerySet[Any], outer: str) -> Coalesce:
    """How many rows belong to each row of the query around; counted for those that are shown or sorted by it alone."""
    count = rows.order_by().values(outer).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count), 0)


def _searchable(text: str) -> str:
    # PostgreSQL's text has no NUL.
    return text.strip().replace("\0", "")
