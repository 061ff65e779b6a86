"""The telephone number to which somebody's codes go; Cognito keeps it.

Where the tenant lets people only see it, a number that was shown to be theirs stays until an administrator resets their
second factors. A recovery code, which people have by themselves, does not free it: Cognito counts the number as not
verified then, so that the directory remembers that it was.
"""

from federation.services.own_account import require_change
from identity import auth
from identity.models import DirectoryUser
from tenants.models import Tenant
from tenants.own_details import Access, Detail, access_to


def keep_number(client: auth.AppClientRef, user: DirectoryUser, number: str) -> None:
    """Keep a number of somebody, which they have not shown to be theirs yet.

    Raises:
        KeptByOrganization: they have shown another one to be theirs, and the tenant lets nobody give that up.
    """
    require_number(client, user, number)
    auth.set_phone(client.pool, user.username, number)


def require_number(client: auth.AppClientRef, user: DirectoryUser, number: str) -> None:
    """Refuse another number than the one that somebody has shown to be theirs, where the tenant keeps those.

    Raises:
        KeptByOrganization: see above.
    """
    if is_theirs_to_change(user.tenant):
        return
    present = auth.phone_of(client.pool, user.username)
    if (present.is_verified or user.keeps_number) and present.number not in {"", number}:
        require_change(user.tenant, Detail.PHONE)


def stays_theirs(client: auth.AppClientRef, user: DirectoryUser) -> bool:
    """Say whether somebody's number is to stay when their second factors are taken away by themselves.

    Raises:
        auth.AuthUnavailable: Cognito cannot answer now.
    """
    if user.is_federated or is_theirs_to_change(user.tenant):
        return False
    return user.keeps_number or auth.phone_of(client.pool, user.username).is_verified


def is_theirs_to_change(tenant: Tenant) -> bool:
    """Say whether a tenant's people change their telephone numbers themselves."""
    return access_to(tenant.policy.own_details, Detail.PHONE) is Access.CHANGE
