"""Taking listed users in: one query for those of a page, and statements only for whoever changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser
from identity.pull.arrivals import Strangers, meet
from identity.pull.judging import is_unchanged, judge
from identity.pull.partition import Partition
from identity.pull.rows import known_of, locked, rows_of, under_way
from identity.pull.settling import settle
from tenants.models import UserPool


@dataclass(frozen=True)
class Taken:
    """What came of it: the rows that were shown, those who are nobody's row, and how many were changed or added."""

    user_ids: list[uuid.UUID]
    strangers: Strangers
    changed: int


def take(pool: UserPool, partition: Partition, users: Sequence[CognitoUser]) -> Taken:
    """Compare listed users with the directory and write what follows.

    Must run in a transaction, in which the caller has made sure of the right to work on this pool.

    Args:
        pool: where they are.
        partition: how it is divided.
        users: what a listing or a lookup showed.
    """
    rows = rows_of(pool, partition, users)
    changed = {
        row.pk: user
        for user in users
        if (row := rows.get(user.username)) and not is_unchanged(known_of(row, partition.by_id[row.tenant_id]), user)
    }
    number = _write(changed)
    strangers = meet(pool, partition, [user for user in users if user.username not in rows])
    user_ids = [row.pk for row in rows.values()] + strangers.arrived
    return Taken(user_ids, strangers, number + len(strangers.arrived))


def _write(changed: Mapping[uuid.UUID, CognitoUser]) -> int:
    """Judge again with the rows locked, because somebody may have changed them since they were read."""
    if not changed:
        return 0
    moving = under_way(changed)
    written: list[DirectoryUser] = []
    for row in locked(changed):
        judgement = judge(known_of(row, row.tenant), changed[row.pk], settled=row.pk not in moving)
        if judgement:
            settle(row, judgement)
            written.append(row)
    columns = ["cognito_status", "cognito_sub", "cognito_modified_at", "email_verified", "name", "missing_since"]
    if written:
        DirectoryUser.objects.bulk_update(written, columns)
    return len(written)
