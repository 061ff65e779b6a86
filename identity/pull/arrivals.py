"""Users in a pool who are nobody's row: they come into the directory where they are a tenant's, and else are listed.

Nobody comes in at first sight. A listing is eventually consistent, so that it shows somebody for a while whom we have
just deleted; who is still there after the grace period was really created past us.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, Resolution, UnclaimedUser, UserStatus
from identity.pull.addresses import usable_address
from identity.pull.judging import Difference, seen
from identity.pull.ownership import Field
from identity.pull.partition import Partition
from identity.pull.settling import pull_actor, remember
from identity.sync.arrivals import came_by_provider
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Tenant, TenantStatus, UserPool
from tenants.services import audit

NO_TENANT = "no_tenant"
DELETED_HERE = "deleted_here"
TENANT_DELETED = "tenant_deleted"


@dataclass
class Strangers:
    """What became of users without a row.

    Args:
        unclaimed: the rows that stand for those who are not in the directory.
        arrived: the rows of those who have come in.
        waiting: how many of the unclaimed come in once they have been there for long enough.
    """

    unclaimed: list[uuid.UUID] = field(default_factory=list)
    arrived: list[uuid.UUID] = field(default_factory=list)
    waiting: int = 0


def meet(pool: UserPool, partition: Partition, users: Sequence[CognitoUser]) -> Strangers:
    """Note users without a row, and bring in those who may come. Must run in a transaction."""
    strangers = Strangers()
    users = _undecided(partition, users)
    if not users:
        return strangers
    noted = UnclaimedUser.objects.select_for_update().filter(pool=pool, sub__in=[user.subject for user in users])
    known = {row.sub: row for row in noted.order_by("pk")}
    ripe = _ripe(list(known.values()))
    _note(pool, partition, [user for user in users if user.subject not in known], strangers)
    for user in users:
        if row := known.get(user.subject):
            _meet_again(row, partition, user, strangers, is_ripe=row.pk in ripe)
    return strangers


def _undecided(partition: Partition, users: Sequence[CognitoUser]) -> list[CognitoUser]:
    """Leave out who came by an identity provider of a tenant's: they are let in, or not, when they sign in here."""
    names: dict[uuid.UUID, set[str]] = {}
    for user in users:
        if (tenant := partition.tenant_of(user.username)) is not None:
            names.setdefault(tenant.pk, set()).add(user.username)
    decided = {
        name for tenant_id, theirs in names.items() for name in came_by_provider(partition.by_id[tenant_id], theirs)
    }
    return [user for user in users if user.username not in decided]


def _ripe(rows: list[UnclaimedUser]) -> set[uuid.UUID]:
    grace = timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS)
    if not rows:
        return set()
    old = UnclaimedUser.objects.filter(pk__in=[row.pk for row in rows], first_seen_at__lt=Now() - grace)
    return set(old.values_list("pk", flat=True))


def _note(pool: UserPool, partition: Partition, users: Sequence[CognitoUser], strangers: Strangers) -> None:
    fresh = [
        UnclaimedUser(
            pool=pool,
            sub=user.subject,
            username=user.username,
            reason=_reason(partition, user.username),
            first_seen_at=Now(),
        )
        for user in users
    ]
    # An event may have noted one of them at this moment.
    UnclaimedUser.objects.bulk_create(fresh, ignore_conflicts=True)
    strangers.unclaimed += [row.pk for row in fresh]
    strangers.waiting += sum(not row.reason for row in fresh)


def _reason(partition: Partition, username: str) -> str:
    """Say why a user is left alone; nothing where they may come in."""
    tenant = partition.tenant_of(username)
    if tenant is None:
        return NO_TENANT
    if tenant.status == TenantStatus.DELETED:
        return TENANT_DELETED
    row_id = partition.row_id(username)
    return DELETED_HERE if row_id is not None and _was_deleted(tenant, row_id) else ""


def _was_deleted(tenant: Tenant, row_id: uuid.UUID) -> bool:
    """Say whether that was a user of ours whom somebody deleted here: they do not come back by being in Cognito."""
    events = AuditEvent.objects.filter(tenant=tenant, action=Action.USER_DELETED.value, target_id=str(row_id))
    return events.exists()


def _meet_again(
    row: UnclaimedUser, partition: Partition, user: CognitoUser, strangers: Strangers, *, is_ripe: bool
) -> None:
    reason = _reason(partition, user.username)
    tenant = partition.tenant_of(user.username)
    if tenant is not None and not reason and is_ripe:
        strangers.arrived.append(_bring_in(tenant, user).pk)
        row.delete()
        return
    if (row.username, row.reason) != (user.username, reason):
        row.username, row.reason = user.username, reason
        row.save(update_fields=["username", "reason"])
    strangers.unclaimed.append(row.pk)
    strangers.waiting += not reason


def _bring_in(tenant: Tenant, user: CognitoUser) -> DirectoryUser:
    """Add somebody who was created in Cognito: without a role, and able to do what Cognito lets them."""
    said = seen(user, made_there=True)
    theirs = str(said.values[Field.EMAIL])
    row = DirectoryUser(
        tenant=tenant,
        email=usable_address(theirs),
        email_verified=bool(said.values[Field.EMAIL_VERIFIED]),
        name=str(said.values[Field.NAME]),
        status=UserStatus.ACTIVE if user.enabled else UserStatus.DISABLED,
        cognito_username=user.username,
        cognito_sub=user.subject,
        cognito_status=user.status.value,
        cognito_modified_at=user.modified_at,
    )
    _add(row)
    audit.record(Action.USER_FOUND, actor=pull_actor(), tenant=tenant, target=row, after=_facts(row))
    if row.email != theirs:
        remember(row, Difference(Field.EMAIL, row.email, theirs), Resolution.NOT_TAKEN)
    return row


def _add(row: DirectoryUser) -> None:
    """Save a new row, without its address where that is another user's here."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row.email = ""
        row.save(force_insert=True)


def _facts(row: DirectoryUser) -> dict[str, object]:
    return {"username": row.cognito_username, "email": row.email, "status": row.status}
