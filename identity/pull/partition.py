"""Whose a username in a pool is. Pure, but for reading the pool's tenants."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tenants.models import Tenant, UserPool


@dataclass(frozen=True)
class Partition:
    """How a pool is divided: between the tenants by their keys, or to the one tenant of a dedicated pool."""

    tenants: Mapping[str, Tenant]
    sole: Tenant | None

    def tenant_of(self, username: str) -> Tenant | None:
        """Return whose a name is: the tenant's of a dedicated pool, or the one's whose key it begins with.

        A key is 8 characters and is followed by a dot (local users) or a hyphen (identity providers).
        """
        if self.sole is not None:
            return self.sole
        return self.tenants.get(username[:8]) if username[8:9] in {".", "-"} else None

    @cached_property
    def by_id(self) -> Mapping[uuid.UUID, Tenant]:
        """The tenants by their ids."""
        return {tenant.pk: tenant for tenant in self.tenants.values()}

    def row_id(self, username: str) -> uuid.UUID | None:
        """Return the id of the user whom we would call so; None for any other name."""
        key, _, rest = username.partition(".")
        if key not in self.tenants:
            return None
        try:
            found = uuid.UUID(rest)
        except ValueError:
            return None
        return found if str(found) == rest else None


def partition_of(pool: UserPool) -> Partition:
    """Return how a pool is divided now."""
    tenants = {tenant.key: tenant for tenant in Tenant.objects.filter(pool=pool)}
    sole = next(iter(tenants.values()), None) if not pool.is_shared else None
    return Partition(tenants, sole)
