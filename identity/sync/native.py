"""Which applications in native mode each tenant has, read in a fixed number of queries."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, CharField, Count, F, Value, When
from django.db.models.functions import MD5, Cast, Collate, Concat

from identity.models import DirectoryUser, Group, GroupMember, UserStatus
from identity.sync.families.group import GroupSpec, summarise
from tenants.models import ApiScope, Application, Branding, NativeMode, PoolKind, Tenant, TenantApplication

# `DirectoryUser.username` of a member, for PostgreSQL.
_USERNAME = Case(
    When(
        user__cognito_username="",
        then=Concat(F("user__tenant__key"), Value("."), Cast("user__pk", CharField()), output_field=CharField()),
    ),
    default=F("user__cognito_username"),
    output_field=CharField(),
)


@dataclass(frozen=True)
class NativeApplication:
    """An application in native mode, as a tenant's pool is to know it."""

    id: uuid.UUID
    name: str
    audience: str
    redirect_uris: tuple[str, ...]
    logout_uris: tuple[str, ...]
    mode: NativeMode
    scopes: tuple[tuple[str, str], ...]

    @property
    def purpose(self) -> str:
        """What its app client is for, in the client's name."""
        return purpose_of(self.id)


def purpose_of(application_id: uuid.UUID) -> str:
    """Return the purpose of an application's app clients: the beginning of its id, which never changes."""
    return f"native-{application_id.hex[:12]}"


@dataclass(frozen=True)
class NativeWishes:
    """What a tenant's pool is to have because some of its applications take Cognito's own tokens."""

    applications: Sequence[NativeApplication] = ()
    brand: Branding | None = None
    groups: Sequence[GroupSpec] = ()


NOTHING = NativeWishes()


def native_wishes(tenants: Collection[Tenant], *, with_names: bool = True) -> Mapping[uuid.UUID, NativeWishes]:
    """Return what each tenant with a native application wants, in a fixed number of queries; others are left out.

    Args:
        tenants: whose.
        with_names: whether the names of the members of groups are read, of which there may be very many; pages need
            their `summary` alone.
    """
    applications = native_applications(tenants)
    if not applications:
        return {}
    brands = Branding.objects.in_bulk(list(applications))
    groups = groups_of(applications.keys(), with_names=with_names)
    return {
        tenant_id: NativeWishes(found, brands.get(tenant_id), groups.get(tenant_id, ()))
        for tenant_id, found in applications.items()
    }


def native_applications(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, list[NativeApplication]]:
    """Return the native applications of each tenant that has a pool of its own; its `pool` is read with it."""
    dedicated = [tenant.pk for tenant in tenants if tenant.pool.kind == PoolKind.DEDICATED]
    if not dedicated:
        return {}
    grants = (
        TenantApplication.objects.filter(tenant__in=dedicated, application__native__isnull=False)
        .select_related("application__native")
        .order_by("application__name")
    )
    scopes: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for scope in ApiScope.objects.filter(application__in={grant.application_id for grant in grants}):
        scopes.setdefault(scope.application_id, []).append((scope.name, scope.description))
    found: dict[uuid.UUID, list[NativeApplication]] = {}
    for grant in grants:
        own = tuple(scopes.get(grant.application_id, ()))
        found.setdefault(grant.tenant_id, []).append(native_application(grant.application, own))
    return found


def groups_of(tenants: Collection[uuid.UUID], *, with_names: bool) -> Mapping[uuid.UUID, list[GroupSpec]]:
    """Return the groups of tenants, each with those members whom Cognito has: their names, or a summary of them."""
    there = DirectoryUser.objects.filter(missing_since__isnull=True).exclude(cognito_sub="")
    people = there.exclude(status=UserStatus.DELETING)
    rows = GroupMember.objects.filter(tenant__in=tenants, user__in=people).order_by()
    members: dict[uuid.UUID, set[str]] = {}
    summaries: dict[uuid.UUID, str] = {}
    if with_names:
        for group_id, name in rows.values_list("group", _USERNAME):
            members.setdefault(group_id, set()).add(name)
    else:
        # PostgreSQL's collation "C" is the order of code points.
        digest = MD5(StringAgg(_USERNAME, "\n", order_by=Collate(_USERNAME, "C")))
        for group_id, number, told in rows.values("group").values_list("group", Count("pk"), digest):
            summaries[group_id] = summarise(number, told)
    nobody = "" if with_names else summarise(0, hashlib.md5(usedforsecurity=False).hexdigest())
    found: dict[uuid.UUID, list[GroupSpec]] = {}
    for group in Group.objects.filter(tenant__in=tenants).order_by("name"):
        names = frozenset(members.get(group.pk, ()))
        spec = GroupSpec(group.name, group.description, names, summaries.get(group.pk, nobody))
        found.setdefault(group.tenant_id, []).append(spec)
    return found


def native_application(row: Application, scopes: tuple[tuple[str, str], ...]) -> NativeApplication:
    """Return an application that is in native mode, with the scopes of its own API."""
    return NativeApplication(
        id=row.pk,
        name=row.name,
        audience=row.audience,
        redirect_uris=tuple(row.redirect_uris),
        logout_uris=tuple(row.post_logout_redirect_uris),
        mode=row.native,
        scopes=scopes,
    )
