"""Where a pool is, for what a person waits for: a pool that is not there yet is an answer to them, not a fault."""

from django.utils.translation import gettext as _

from identity import cells
from identity.cognito.endpoint import PoolRef
from tenants.errors import Unavailable
from tenants.models import UserPool


def pool_ref(pool: UserPool) -> PoolRef:
    """Return the address of a pool that Cognito has.

    Raises:
        Unavailable: it is still being created.
    """
    if not pool.is_provisioned:
        raise Unavailable(_("The user pool is still being set up. Try again in a minute."))
    return cells.pool_ref(pool)
