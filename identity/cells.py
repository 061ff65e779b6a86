"""From the rows of `tenants` to the addresses that `identity.cognito` and `identity.auth` take."""

from django.utils.translation import gettext as _

from identity.cognito.endpoint import CellEndpoint, PoolRef
from tenants.errors import Unavailable
from tenants.models import Cell, UserPool


def endpoint_of(cell: Cell) -> CellEndpoint:
    """Return where a cell's Cognito is, and as whom to call it."""
    return CellEndpoint(
        name=cell.name,
        region=cell.region,
        endpoint_url=cell.endpoint_url or None,
        role_arn=cell.role_arn or None,
        external_id=cell.external_id or None,
        raised_quotas=tuple(sorted(cell.raised_quotas.items())),
    )


def pool_ref(pool: UserPool) -> PoolRef:
    """Return the address of a pool that Cognito has (`UserPool.is_provisioned`); its cell is read with it.

    Raises:
        Unavailable: it is still being created, which is an answer to a person who waits for it, and not a fault.
    """
    if not pool.is_provisioned:
        raise Unavailable(_("The user pool is still being set up. Try again in a minute."))
    return PoolRef(endpoint_of(pool.cell), pool.cognito_id)


def hosted_url(pool: UserPool) -> str:
    """Return where a pool's domain is or will be, without a slash at the end; its cell is read with it."""
    own = f"https://{pool.domain_prefix}.auth.{pool.cell.region}.amazoncognito.com"
    return (pool.cell.hosted_base_url or own).rstrip("/")
