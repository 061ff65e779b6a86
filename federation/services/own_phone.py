"""The telephone number to which somebody's codes go; Cognito keeps it."""

from federation.services.own_account import require_change
from identity import auth
from tenants.models import Tenant
from tenants.own_details import Access, Detail, access_to


def keep_number(client: auth.AppClientRef, tenant: Tenant, username: str, number: str) -> None:
    """Keep a number of somebody, which they have not shown to be theirs yet.

    Raises:
        KeptByOrganization: they have shown another one to be theirs, and the tenant lets nobody give that up.
    """
    require_number(client, tenant, username, number)
    auth.set_phone(client.pool, username, number)


def require_number(client: auth.AppClientRef, tenant: Tenant, username: str, number: str) -> None:
    """Refuse another number than the one that somebody has shown to be theirs, where the tenant keeps those.

    Raises:
        KeptByOrganization: see above.
    """
    if access_to(tenant.policy.own_details, Detail.PHONE) is Access.CHANGE:
        return
    present = auth.phone_of(client.pool, username)
    if present.is_verified and present.number != number:
        require_change(tenant, Detail.PHONE)
