"""From the rows that say where a pool is to the plain references that `identity.auth` and `identity.cognito` take."""

from identity.cognito.endpoint import CellEndpoint, PoolRef
from tenants.errors import Unavailable
from tenants.models import Cell, UserPool


def cell_endpoint(cell: Cell) -> CellEndpoint:
    """Return where a cell's Cognito answers, and as whom to call it."""
    return CellEndpoint(
        name=cell.name,
        region=cell.region,
        endpoint_url=cell.endpoint_url or None,
        role_arn=cell.role_arn or None,
        external_id=cell.external_id or None,
        hosted_base_url=cell.hosted_base_url or None,
    )


def pool_ref(pool: UserPool) -> PoolRef:
    """Return a pool that Cognito has.

    Raises:
        Unavailable: it is still being created.
    """
    if not pool.is_provisioned:
        raise Unavailable("The user pool is still being set up. Try again in a minute.")
    return PoolRef(cell_endpoint(pool.cell), pool.cognito_id)
