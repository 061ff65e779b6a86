"""What keys name, in words: a fixed number of queries for any number of keys."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber

from identity.models import BulkLane, DirectoryUser
from tenants.models import Invitation, SyncKind, Tenant, UserPool

Key = tuple[str, uuid.UUID]
_NAMES_SHOWN = 3


def labels_of(keys: Iterable[Key]) -> dict[Key, str]:
    """Return what the keys name, in one query a kind. A key whose row is gone has no label."""
    sources: Mapping[str, QuerySet[Any]] = {
        SyncKind.POOL: UserPool.objects.all(),
        SyncKind.TENANT: Tenant.objects.all(),
        SyncKind.USER: DirectoryUser.objects.all(),
        SyncKind.INVITATION: Invitation.objects.select_related("tenant"),
        SyncKind.BULK: BulkLane.objects.select_related("job", "tenant"),
        SyncKind.PULL: UserPool.objects.all(),
        SyncKind.PULL_USER: DirectoryUser.objects.all(),
    }
    wanted: dict[str, list[uuid.UUID]] = {}
    for kind, key in keys:
        wanted.setdefault(kind, []).append(key)
    return {
        (kind, row.pk): str(row)
        for kind, source in sources.items()
        if kind in wanted
        for row in source.filter(pk__in=wanted[kind])
    }


def tenants_of_pools(pools: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the first names of the tenants in each pool, and how many more there are; in one query."""
    if not pools:
        return {}
    ranked = Tenant.objects.filter(pool_id__in=pools).annotate(
        rank=Window(RowNumber(), partition_by="pool_id", order_by="name"),
        number=Window(Count("pk"), partition_by="pool_id"),
    )
    names: dict[uuid.UUID, list[str]] = {}
    numbers: dict[uuid.UUID, int] = {}
    first = ranked.filter(rank__lte=_NAMES_SHOWN).order_by("rank")
    for pool_id, name, number in first.values_list("pool_id", "name", "number"):
        names.setdefault(pool_id, []).append(name)
        numbers[pool_id] = number
    return {pool_id: _first_names(shown, numbers[pool_id]) for pool_id, shown in names.items()}


def _first_names(shown: list[str], number: int) -> str:
    rest = number - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
