"""By which connections a user comes."""

from collections.abc import Sequence

from federation.models import FederatedIdentity
from identity.models import DirectoryUser


def identities_of(user: DirectoryUser) -> Sequence[FederatedIdentity]:
    """Return who a user is to identity providers, with the connections, the oldest first; disconnected ones, too."""
    rows = FederatedIdentity.objects.filter(tenant=user.tenant_id, user=user).select_related("connection__newest")
    return list(rows.order_by("created_at", "pk"))
