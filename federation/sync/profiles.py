"""The profiles that Cognito made of users who have an account of ours as well."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from federation.models import FederatedIdentity
from identity.sync.profiles import Profile


def profiles_of(users: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Profile]]:
    """Return them by the users' ids, in one query; see `identity.sync.profiles`.

    Two connections to one social provider, the one deleted and the other made after it, lead to the same profile: it
    goes only where neither wants it.
    """
    rows = FederatedIdentity.objects.filter(user__in=users, linked_at__isnull=False).exclude(cognito_username="")
    found: dict[uuid.UUID, dict[str, bool]] = {}
    for user_id, username, unlinked_at in rows.values_list("user_id", "cognito_username", "unlinked_at").order_by("pk"):
        wanted = found.setdefault(user_id, {})
        wanted[username] = wanted.get(username, False) or unlinked_at is None
    return {
        user_id: [Profile(username, present=present) for username, present in sorted(wanted.items())]
        for user_id, wanted in found.items()
    }
