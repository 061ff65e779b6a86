"""Loading a user in order to change them: the tenant is part of the question, and the row is locked until commit."""

import uuid

from identity.models import DirectoryUser, UserStatus
from tenants.errors import NotFound
from tenants.models import Tenant


def lock_user(tenant: Tenant, user_id: uuid.UUID) -> DirectoryUser:
    """Return a user of the tenant, locked.

    Raises:
        NotFound: no such user in this tenant, or one that is being deleted.
    """
    user = (
        DirectoryUser.objects.select_for_update(of=("self",))
        .select_related("tenant")
        .filter(tenant=tenant, pk=user_id)
        .exclude(status=UserStatus.DELETING)
        .first()
    )
    if user is None:
        raise NotFound
    return user
