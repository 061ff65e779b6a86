"""Users whom Cognito turned out not to have, while something else was about to be done with them."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from identity.models import DirectoryUser
from tenants.models import OutboxEntry, SyncKind, Tenant
from tenants.services.outbox import request_sync

# When more of a tenant are gone within a day, only the sweep of their pool may say so (`identity.pull.absence`).
_MOST = 10
_LATELY = timedelta(days=1)


def look_for(tenant: Tenant, usernames: Collection[str]) -> None:
    """Owe a look at each of these users, which marks whoever is missing and tells on their page what to do."""
    if len(usernames) > _MOST:
        return
    rows = DirectoryUser.objects.filter(tenant=tenant, missing_since__isnull=True)
    named = rows.filter(Q(cognito_username__in=usernames) | Q(cognito_username="", pk__in=_ids(tenant, usernames)))
    owed = OutboxEntry.objects.filter(kind=SyncKind.PULL_USER, done_gen__lt=F("wanted_gen"), key__in=rows.values("pk"))
    looked_for = {*named.values_list("pk", flat=True), *owed.values_list("key", flat=True)}
    lately = DirectoryUser.objects.filter(tenant=tenant, missing_since__gt=Now() - _LATELY).count()
    if len(looked_for) + lately > _MOST:
        return
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
