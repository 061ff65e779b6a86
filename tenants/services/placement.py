"""Deciding which user pool a new tenant lives in. The decision is pure; the lock around it is the cell's row.

What a tenant may come to need is reserved when it is placed, because a user pool cannot be made larger afterwards and a
tenant is moved only with effort. The limits are Amazon Cognito's own ("Quotas in Amazon Cognito", resource quotas).
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed
from tenants.models import Cell, PoolKind, TenantStatus, UserPool

IDENTITY_PROVIDERS_PER_POOL = 300
APP_CLIENTS_PER_POOL = 1000
# What one tenant may use of them. Two connections let it change from one identity provider to another without a gap.
IDENTITY_PROVIDERS_PER_TENANT = 2
APP_CLIENTS_PER_TENANT = 4
TENANTS_PER_SHARED_POOL = min(
    IDENTITY_PROVIDERS_PER_POOL // IDENTITY_PROVIDERS_PER_TENANT, APP_CLIENTS_PER_POOL // APP_CLIENTS_PER_TENANT
)
# A new shared pool opens here; the rest is room for tenants that grow past what was reserved.
FILL_AT_MOST = TENANTS_PER_SHARED_POOL * 80 // 100


@dataclass(frozen=True)
class PoolLoad:
    """A shared pool and how many tenants it holds."""

    pool_id: uuid.UUID
    tenants: int

    @property
    def has_room(self) -> bool:
        """Say whether another tenant may be placed here."""
        return self.tenants < FILL_AT_MOST


def choose_shared_pool(loads: Sequence[PoolLoad]) -> uuid.UUID | None:
    """Return the fullest pool that has room, so that pools fill one after the other; None when a new one is needed."""
    with_room = [load for load in loads if load.has_room]
    if not with_room:
        return None
    return max(with_room, key=lambda load: (load.tenants, str(load.pool_id))).pool_id


def shared_pool_loads(cell: Cell) -> list[PoolLoad]:
    """Return the shared pools of a cell with the number of their tenants; removed ones have nothing there any more."""
    load = Count("tenants", filter=~Q(tenants__status=TenantStatus.REMOVED))
    pools = UserPool.objects.filter(cell=cell, kind=PoolKind.SHARED).annotate(load=load)
    return [PoolLoad(pool.pk, pool.load) for pool in pools]


def likely_pool(cell: Cell, kind: PoolKind) -> UserPool | None:
    """Return the existing pool that a tenant would get if it were placed now; None when one would be created.

    For showing alone: it takes no lock, so that another tenant may be placed in between.
    """
    chosen = choose_shared_pool(shared_pool_loads(cell)) if kind is PoolKind.SHARED else None
    return UserPool.objects.get(pk=chosen) if chosen else None


def pools_in_region(cells: Iterable[Cell]) -> dict[uuid.UUID, int]:
    """Count, for each cell, the user pools in its account and Region, which it may share with other cells."""
    counts: Counter[tuple[str, str, str]] = Counter()
    of_cell = {cell.pk: (cell.endpoint_url, cell.account, cell.region) for cell in cells}
    for cell in Cell.objects.annotate(pool_count=Count("pools", filter=Q(pools__removed_at__isnull=True))):
        counts[(cell.endpoint_url, cell.account, cell.region)] += cell.pool_count
    return {cell_id: counts[place] for cell_id, place in of_cell.items()}


def require_room(cell: Cell, kind: PoolKind) -> None:
    """Make sure that one more user pool may be opened in a cell.

    From four fifths of the Region's limit on, only shared pools are opened: each is a place for many tenants, where a
    dedicated one is a place for one.

    Raises:
        ValidationFailed: the field `cell`, with what can be done.
    """
    used, limit = pools_in_region([cell])[cell.pk], cell.user_pool_quota
    if used < limit * 80 // 100 or (kind is PoolKind.SHARED and used < limit):
        return
    message = _("This cell has %(used)d of the %(limit)d user pools that AWS allows.") % {
        "used": used,
        "limit": limit,
    }
    if kind is PoolKind.DEDICATED and used < limit:
        remedy = _("The rest is kept for shared pools: choose a partition, another cell, or raise the cell's quota.")
    else:
        remedy = _("Choose another cell, or raise the quota with AWS and enter it on the cell's page.")
    raise ValidationFailed(message, fields={"cell": f"{message} {remedy}"})


def lock_cell(cell_id: uuid.UUID) -> Cell | None:
    """Return a cell and hold it until commit, so that tenants are placed one at a time; None for an unknown cell."""
    return Cell.objects.select_for_update().filter(pk=cell_id).first()


def place(cell: Cell, kind: PoolKind) -> UserPool:
    """Return the pool for one more tenant: a new dedicated one, or a shared one with room, opened when none has any.

    The caller holds the cell (`lock_cell`) until the tenant's row is committed; otherwise two tenants could both take
    the last place.

    Raises:
        ValidationFailed: a new pool would be needed, and the cell has no room for one (`require_room`).
    """
    pool = likely_pool(cell, kind)
    if pool is not None:
        return pool
    require_room(cell, kind)
    return UserPool.objects.create(cell=cell, kind=kind)
