"""Finding rows with a key, such as plans and outbox rows, by the tenant that they concern."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from identity.models import DirectoryUser
from tenants.models import SyncKind
from tenants.selectors import TenantFilter, find_tenants

# So many tenants go into the question as they are, which lets PostgreSQL go straight to their rows by the index.
_FEW = 200


def keys_of_tenants(q: str, *, kind: str = "scope", users: bool = False) -> Q:
    """Return the condition on rows that they concern pools and tenants, or users, of the tenants that match.

    Both at once would read all users of a large fleet for each page of a list.

    Args:
        q: part of a tenant's name or slug, or its whole key.
        kind: the name of the column beside `key`.
        users: whether users are looked for, rather than pools and tenants.
    """
    found = find_tenants(TenantFilter(q=q)).order_by()
    few = list(found.values_list("pk", "pool")[: _FEW + 1])
    if users:
        tenants = [pk for pk, _pool in few] if len(few) <= _FEW else found.values_list("pk", flat=True)
        return is_user_of(tenants, kind=kind)
    if len(few) <= _FEW:
        of_tenant, of_pool = Q(key__in=[pk for pk, _pool in few]), Q(key__in={pool for _pk, pool in few})
    else:
        of_tenant, of_pool = Q(key__in=found.values("pk")), Q(key__in=found.values("pool"))
    return Q(**{kind: SyncKind.TENANT}) & of_tenant | Q(**{kind: SyncKind.POOL}) & of_pool


def is_user_of(tenants: Iterable[UUID], *, kind: str = "scope") -> Q:
    """Return the condition on rows that they concern a user of one of these tenants."""
    return Q(**{kind: SyncKind.USER}) & Q(Exists(DirectoryUser.objects.filter(pk=OuterRef("key"), tenant__in=tenants)))
