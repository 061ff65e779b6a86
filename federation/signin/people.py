"""Whom an e-mail address names at a tenant."""

from identity.models import DirectoryUser, UserStatus
from tenants.models import Tenant


def user_of(tenant: Tenant, email: str) -> DirectoryUser | None:
    """Return the tenant's user with an address, whether they may sign in or not; None where there is nobody.

    Args:
        tenant: whose page it is.
        email: in lower case.
    """
    user = DirectoryUser.objects.filter(tenant=tenant, email=email).exclude(status=UserStatus.DELETING).first()
    if user is not None:
        # With what was read of it already.
        user.tenant = tenant
    return user
