"""How full cells and pools are: Cognito's limits on the number of resources, against what we have there.

Counted from our own rows: what somebody made by hand in AWS counts against the same limits and is not seen here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import Family
from tenants.models import Cell
from tenants.services.placement import pools_in_region

WARN_AT_PERCENT = 80


class Fullness(StrEnum):
    """How near a limit is; the words of `config.statuses`."""

    FREE = "room"
    FILLING = "filling"
    FULL = "full"


@dataclass(frozen=True)
class Capacity:
    """One limit, and how much of it is used.

    Args:
        label: what is counted.
        used: how many there are; in the fullest pool, where the limit is a pool's.
        limit: how many AWS allows.
        pool: the name of the fullest pool; empty where the limit is the Region's, or no pool has any.
        remedy: what to do before it is reached.
    """

    label: str | Promise
    used: int
    limit: int
    pool: str
    remedy: str | Promise

    @property
    def percent(self) -> int:
        """How full it is, rounded down: 100 is only what is really full."""
        return self.used * 100 // self.limit

    @property
    def fullness(self) -> Fullness:
        """How near the limit is."""
        if self.used >= self.limit:
            return Fullness.FULL
        return Fullness.FILLING if self.percent >= WARN_AT_PERCENT else Fullness.FREE

    @property
    def is_near(self) -> bool:
        """Say whether somebody should act."""
        return self.fullness is not Fullness.FREE


@dataclass(frozen=True)
class _PerPool:
    label: Promise
    limit: int
    remedy: Promise


_RAISE = _("Ask AWS for more in Service Quotas, or place new tenants in another pool.")
_FIXED = _("AWS does not raise this. Place new tenants in another pool.")
# Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
_PER_POOL: Mapping[Family, _PerPool] = {
    Family.CLIENT: _PerPool(_("App clients in a pool"), 1_000, _RAISE),
    Family.IDENTITY_PROVIDER: _PerPool(_("Identity providers in a pool"), 300, _RAISE),
    Family.GROUP: _PerPool(_("Groups in a pool"), 10_000, _FIXED),
    Family.RESOURCE_SERVER: _PerPool(_("Resource servers in a pool"), 25, _RAISE),
    Family.BRANDING: _PerPool(_("Managed login styles in a pool"), 20, _FIXED),
}
# In the same document; a pool has one domain with a prefix and one of its own besides.
_CUSTOM_DOMAINS = 4

# The fullest pool of each cell and family. A resource belongs to a pool's key, or to a tenant's, who lives in a pool.
_FULLEST = """
    WITH placed AS (
        SELECT found.family, found.key AS pool_id
        FROM identity_syncedresource found
        WHERE found.scope = 'pool' AND found.family = ANY(%(families)s)
        UNION ALL
        SELECT found.family, tenant.pool_id
        FROM identity_syncedresource found JOIN tenants_tenant tenant ON tenant.id = found.key
        WHERE found.scope = 'tenant' AND found.family = ANY(%(families)s)
    )
    SELECT DISTINCT ON (pool.cell_id, placed.family) pool.cell_id, placed.family, pool.id, count(*) AS used
    FROM placed JOIN tenants_userpool pool ON pool.id = placed.pool_id
    WHERE pool.cell_id = ANY(%(cells)s)
    GROUP BY pool.cell_id, placed.family, pool.id
    ORDER BY pool.cell_id, placed.family, used DESC
"""
# The name of a domain of one's own has a dot; a prefix has none.
_OWN_DOMAINS = """
    SELECT pool.cell_id, count(*)
    FROM identity_syncedresource found JOIN tenants_userpool pool ON pool.id = found.key
    WHERE found.scope = 'pool' AND found.family = %s AND strpos(found.name, '.') > 0 AND pool.cell_id = ANY(%s)
    GROUP BY pool.cell_id
"""


def capacity_of(cells: Sequence[Cell]) -> dict[Cell, list[Capacity]]:
    """Return every limit of each cell, in a number of queries that does not depend on how many pools there are."""
    ids = [cell.pk for cell in cells]
    with connection.cursor() as cursor:
        cursor.execute(_FULLEST, {"families": [str(family) for family in _PER_POOL], "cells": ids})
        fullest = {(cell_id, Family(family)): (pool, used) for cell_id, family, pool, used in cursor.fetchall()}
        cursor.execute(_OWN_DOMAINS, [str(Family.DOMAIN), ids])
        domains = dict(cursor.fetchall())
    pools = pools_in_region(cells)
    return {
        cell: [
            Capacity(_("User pools in the Region"), pools[cell.pk], cell.user_pool_quota, "", _POOLS_REMEDY),
            Capacity(_("Custom domains in the Region"), domains.get(cell.pk, 0), _CUSTOM_DOMAINS, "", _DOMAINS_REMEDY),
            *(_in_fullest(limit, fullest.get((cell.pk, family))) for family, limit in _PER_POOL.items()),
        ]
        for cell in cells
    }


_POOLS_REMEDY = _("Ask AWS for more in Service Quotas and enter them here, or place new tenants in another cell.")
_DOMAINS_REMEDY = _("AWS does not raise this. Serve further hosts from another cell.")


def fullest_of(cells: Sequence[Cell]) -> dict[Cell, Capacity]:
    """Return the limit of each cell that is nearest."""
    return {cell: max(rows, key=lambda row: row.used / row.limit) for cell, rows in capacity_of(cells).items()}


def _in_fullest(limit: _PerPool, found: tuple[object, int] | None) -> Capacity:
    pool, used = found or ("", 0)
    return Capacity(limit.label, used, limit.limit, f"lg-{pool}" if pool else "", limit.remedy)
