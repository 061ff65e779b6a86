"""The users of all tenants, with their invitations and what Cognito was asked of them."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from identity.models import DirectoryUser, SyncedResource, UserStatus
from identity.sync.plans import user_steps
from local.demo.fleet.load import copy_rows
from local.demo.fleet.owed import Standing, draw, outbox_row, record
from local.demo.fleet.places import Place
from local.demo.fleet.shape import EPOCH, FleetShape, ids
from local.demo.fleet.words import mailbox, person
from tenants.models import Invitation, OutboxEntry, SyncKind
from tenants.permissions import TenantRole

# Rows are written by so many, so that memory does not grow with the fleet.
_BATCH = 20_000
_DAY = 24 * 3600
# The number of a user who was changed by hand: in a fleet of any size the largest tenant has one.
_DRIFTED = 500


@dataclass
class _Batch:
    users: list[DirectoryUser] = field(default_factory=list)
    outbox: list[OutboxEntry] = field(default_factory=list)
    records: list[SyncedResource] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)

    def write(self) -> None:
        copy_rows(DirectoryUser, self.users)
        copy_rows(OutboxEntry, self.outbox)
        copy_rows(SyncedResource, self.records)
        copy_rows(Invitation, self.invitations)


def write_people(shape: FleetShape, places: list[Place]) -> int:
    """Write every user and return how many there are."""
    dice = shape.dice("people")
    keys, everybody, written = ids(dice), _everybody(places), 0
    while batch := list(islice(everybody, _BATCH)):
        rows = _Batch()
        for place, number in batch:
            _add(rows, _user(dice, next(keys), place, number), dice, drifted=number == _DRIFTED)
        rows.write()
        written += len(batch)
    return written


def _everybody(places: list[Place]) -> Iterator[tuple[Place, int]]:
    for place in places:
        for number in range(place.users):
            yield place, number


def role_of(number: int, users: int) -> TenantRole | None:
    """Return the role of a tenant's user by number: two owners, more admins the larger it is, and two auditors."""
    admins = min(20, users // 200)
    if number == 0 or (number == 1 and users > 5):
        return TenantRole.OWNER
    if 2 <= number < 2 + admins:
        return TenantRole.ADMIN
    return TenantRole.AUDITOR if 2 + admins <= number < 4 + admins and users > 50 else None


def _user(dice: random.Random, key: uuid.UUID, place: Place, number: int) -> DirectoryUser:
    tenant = place.tenant
    role, rolled = role_of(number, place.users), dice.random()
    status = UserStatus.ACTIVE
    if role is None and rolled < 0.125 and number != _DRIFTED:
        status = UserStatus.INVITED if rolled < 0.07 else UserStatus.DISABLED if rolled < 0.124 else UserStatus.DELETING
    name = person(dice)
    created = tenant.created_at + (EPOCH - tenant.created_at) * dice.random()
    came = status != UserStatus.INVITED
    made_there = came and role is None and dice.random() < 0.01
    return DirectoryUser(
        id=key,
        tenant=tenant,
        email=f"{mailbox(name, number)}@{tenant.slug}.example",
        name=name if dice.random() < 0.95 else "",
        role=role or "",
        status=status,
        cognito_sub=str(key) if came else "",
        cognito_username=f"{tenant.key}-directory_{number}" if made_there else "",
        cognito_status="EXTERNAL_PROVIDER" if made_there else "CONFIRMED" if came else "",
        missing_since=EPOCH if came and role is None and dice.random() < 0.002 else None,
        has_totp=came and dice.random() < 0.4,
        last_sign_in_at=_last_sign_in(dice, created) if came and dice.random() < 0.9 else None,
        created_at=created,
        updated_at=created,
    )


def _last_sign_in(dice: random.Random, created: datetime) -> datetime:
    """Most people were here in the last days, some long ago."""
    return max(created, EPOCH - timedelta(seconds=int(_DAY * min(700, dice.expovariate(1 / 20)))))


def _add(rows: _Batch, user: DirectoryUser, dice: random.Random, *, drifted: bool) -> None:
    rows.users.append(user)
    if user.status == UserStatus.INVITED:
        invitation = _invitation(user, next(ids(dice)), dice)
        rows.invitations.append(invitation)
        rows.outbox.append(outbox_row(SyncKind.INVITATION, invitation.pk, Standing.IN_SYNC, invitation.created_at))
        return
    deleting = user.status == UserStatus.DELETING
    standing = Standing.PENDING if deleting else Standing.DRIFTED if drifted else draw(dice)
    rows.outbox.append(outbox_row(SyncKind.USER, user.pk, standing, user.created_at))
    (step,) = user_steps(user)
    rows.records.append(record(SyncKind.USER, user.pk, step, standing, user.cognito_sub, user.created_at))


def _invitation(user: DirectoryUser, key: uuid.UUID, dice: random.Random) -> Invitation:
    return Invitation(
        id=key,
        tenant_id=user.tenant_id,
        user_id=user.pk,
        email=user.email,
        token_hash=f"{dice.getrandbits(256):064x}",
        sent_at=user.created_at,
        created_at=user.created_at,
        expires_at=user.created_at + timedelta(days=7),
    )
