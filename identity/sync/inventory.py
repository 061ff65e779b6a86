"""What others made by hand in a pool of ours: listed for operators, and left alone."""

from collections.abc import Callable, Iterator, Mapping

from django.db import transaction
from django.db.models import Q

from identity.cells import pool_ref
from identity.cognito import inventory
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.inventory import Found
from identity.models import AppClient, Family, SyncedResource, UnmanagedResource
from tenants.models import SyncKind, UserPool

_LISTINGS: Mapping[Family, Callable[..., Iterator[Found]]] = {
    Family.CLIENT: inventory.clients,
    Family.GROUP: inventory.groups,
    Family.IDENTITY_PROVIDER: inventory.identity_providers,
    Family.RESOURCE_SERVER: inventory.resource_servers,
}


def take(pool: UserPool) -> None:
    """List what is in a pool and remember what of it is not ours. A listing that fails changes nothing and raises."""
    ref = pool_ref(pool)
    found = {(family, each) for family in _LISTINGS for each in _listed(family, ref)}
    foreign = found - _ours(pool, found)
    with transaction.atomic():
        known = {
            (Family(row.family), Found(row.name, row.remote_id)): row
            for row in UnmanagedResource.objects.filter(pool=pool)
        }
        gone = [row.pk for identity, row in known.items() if identity not in foreign]
        UnmanagedResource.objects.filter(pk__in=gone).delete()
        UnmanagedResource.objects.bulk_create(
            [
                UnmanagedResource(pool=pool, family=family, name=each.name, remote_id=each.remote_id)
                for family, each in sorted(foreign - known.keys(), key=str)
            ],
            ignore_conflicts=True,
        )


def _listed(family: Family, ref: PoolRef) -> Iterator[Found]:
    return _LISTINGS[family](ref, priority=Priority.BULK)


def _ours(pool: UserPool, found: set[tuple[Family, Found]]) -> set[tuple[Family, Found]]:
    """What of it Lifeguard made, or Cognito by itself for an identity provider: a group named after both."""
    client_ids = set(AppClient.objects.filter(pool=pool).values_list("client_id", flat=True))
    keys = [pool.pk, *pool.tenants.values_list("pk", flat=True)]
    known = Q(key__in=keys) | Q(scope=SyncKind.CONNECTION_TEST)
    rows = SyncedResource.objects.filter(known, family__in=_LISTINGS).values_list("family", "name")
    names = {(Family(family), name) for family, name in rows}
    return {
        (family, each)
        for family, each in found
        if (
            each.remote_id in client_ids
            if family is Family.CLIENT
            else (family, each.name) in names or each.name.startswith(f"{pool.cognito_id}_")
        )
    }
