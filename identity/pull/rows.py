"""The directory's side of a page: the rows of the users that it shows, and which of them are on their way."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, UserStatus
from identity.pull.judging import Known
from identity.pull.ownership import Field
from identity.pull.partition import Partition
from tenants.models import OutboxEntry, SyncKind, Tenant, TenantStatus, UserPool


def known_of(row: DirectoryUser, tenant: Tenant) -> Known:
    """Return a row as it is compared.

    Args:
        row: the user.
        tenant: whose. The users of a deleted one are left as they are: they may be on their way out of Cognito.
    """
    # An invited user is not in Cognito yet, or just coming in; a disabled one need never have been.
    leaving = row.status == UserStatus.DELETING or tenant.status == TenantStatus.DELETED
    belongs = row.is_in_cognito and not leaving
    expected = belongs and (row.status == UserStatus.ACTIVE or bool(row.cognito_sub))
    return Known(
        id=row.pk,
        made_there=bool(row.cognito_username),
        expected=expected,
        values={
            Field.STATUS: row.cognito_status,
            Field.SUB: row.cognito_sub,
            Field.ENABLED: row.status != UserStatus.DISABLED,
            Field.EMAIL: row.email,
            Field.EMAIL_VERIFIED: row.email_verified,
            Field.NAME: row.name,
        },
        modified_at=row.cognito_modified_at,
        missing=row.missing_since is not None,
    )


def rows_of(pool: UserPool, partition: Partition, users: Sequence[CognitoUser]) -> Mapping[str, DirectoryUser]:
    """Return the rows of listed users by their usernames, with one query; whoever has none is left out."""
    ours = {row_id: user.username for user in users if (row_id := partition.row_id(user.username))}
    names = {user.username for user in users} - set(ours.values())
    wanted = Q(pk__in=ours)
    if names or partition.sole is None:
        # Somebody who was created in Cognito may have a name like one of ours.
        wanted |= Q(cognito_username__in=[user.username for user in users])
    found: dict[str, DirectoryUser] = {}
    for row in DirectoryUser.objects.filter(wanted, tenant__pool=pool):
        name = row.cognito_username or ours.get(row.pk, "")
        # The key in the name has to be that of the row's own tenant.
        if name and (row.cognito_username or partition.tenants[name[:8]].pk == row.tenant_id):
            found[name] = row
    return found


def locked(ids: Iterable[uuid.UUID]) -> list[DirectoryUser]:
    """Return rows locked until commit, always in the same order, so that two who lock several do not wait in a ring."""
    rows = DirectoryUser.objects.select_for_update(of=("self",)).select_related("tenant")
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def under_way(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return those for whom a change of ours is owed to Cognito, or was made so lately that a listing may not show it.

    Listings are eventually consistent; the grace is the same within which we wait for a create to show.
    """
    lately = Q(updated_at__gt=Now() - timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS))
    entries = OutboxEntry.objects.filter(kind=SyncKind.USER, key__in=list(ids))
    return set(entries.filter(lately | Q(done_gen__lt=F("wanted_gen"))).values_list("key", flat=True))
