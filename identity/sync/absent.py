"""Users whom Cognito turned out not to have, while something else was about to be done with them."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from identity.models import DirectoryUser
from tenants.models import SyncKind, Tenant
from tenants.services.outbox import request_sync

# When more are gone at once, only the sweep of their pool may say so (`identity.pull.absence`).
_MOST = 10


def look_for(tenant: Tenant, usernames: Collection[str]) -> None:
    """Owe a look at each of these users, which marks whoever is missing and tells on their page what to do."""
    if len(usernames) > _MOST:
        return
    rows = DirectoryUser.objects.filter(tenant=tenant)
    named = rows.filter(Q(cognito_username__in=usernames) | Q(cognito_username="", pk__in=_ids(tenant, usernames)))
    with transaction.atomic():
        for user_id in named.values_list("pk", flat=True):
            request_sync(SyncKind.PULL_USER, user_id, scheduled=True)


def _ids(tenant: Tenant, usernames: Collection[str]) -> list[uuid.UUID]:
    """The ids in the names that we give (`DirectoryUser.username`)."""
    prefix = f"{tenant.key}."
    ids = []
    for name in usernames:
        try:
            ids.append(uuid.UUID(name.removeprefix(prefix)))
        except ValueError:
            # Somebody else gave this name.
            continue
    return ids
