"""Which applications in native mode each tenant has, read in a fixed number of queries."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from identity.models import DirectoryUser, Group, GroupMember, UserStatus
from identity.sync.families.group import GroupSpec
from tenants.models import ApiScope, Branding, NativeMode, PoolKind, Tenant, TenantApplication


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


def native_wishes(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, NativeWishes]:
    """Return what each tenant with a native application wants, in a fixed number of queries; others are left out."""
    applications = native_applications(tenants)
    if not applications:
        return {}
    brands = Branding.objects.in_bulk(list(applications))
    groups = groups_of(applications.keys())
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
        found.setdefault(grant.tenant_id, []).append(_application(grant, tuple(scopes.get(grant.application_id, ()))))
    return found


def groups_of(tenants: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[GroupSpec]]:
    """Return the groups of tenants, each with the names of those members whom Cognito has."""
    people = DirectoryUser.objects.exclude(status=UserStatus.DELETING).exclude(cognito_sub="")
    members: dict[uuid.UUID, set[str]] = {}
    rows = GroupMember.objects.filter(tenant__in=tenants, user__in=people).select_related("user__tenant")
    for row in rows:
        members.setdefault(row.group_id, set()).add(row.user.username)
    found: dict[uuid.UUID, list[GroupSpec]] = {}
    for group in Group.objects.filter(tenant__in=tenants).order_by("name"):
        spec = GroupSpec(group.name, group.description, frozenset(members.get(group.pk, ())))
        found.setdefault(group.tenant_id, []).append(spec)
    return found


def _application(grant: TenantApplication, scopes: tuple[tuple[str, str], ...]) -> NativeApplication:
    row = grant.application
    return NativeApplication(
        id=row.pk,
        name=row.name,
        audience=row.audience,
        redirect_uris=tuple(row.redirect_uris),
        logout_uris=tuple(row.post_logout_redirect_uris),
        mode=row.native,
        scopes=scopes,
    )
