"""Names that a new connection can have."""

from federation.selectors.connections import connections_of
from tenants.models import Tenant


def free_name(tenant: Tenant, wanted: str) -> str:
    """Return a name that no connection of the tenant has: the wanted one, or that with a number after it."""
    taken = set(connections_of(tenant).values_list("name", flat=True))
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name
