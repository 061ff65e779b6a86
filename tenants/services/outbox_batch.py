"""What `tenants.services.outbox` does for one key, for many keys of one kind in one statement each.

The rules are the same: times are PostgreSQL's, a lease is a token that must still be there, and what is settled is the
generation that the lease was taken at. Nothing here sends messages: whoever works in batches is awake already, and what
they leave behind the sweep finds.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from tenants.actor import Actor
from tenants.models import OutboxEntry, SyncKind
from tenants.request_context import current_request_id
from tenants.services.outbox import OWED_SINCE, Asker

_TAKE = """
UPDATE tenants_outboxentry SET
    lease_token = %(token)s, lease_until = statement_timestamp() + %(term)s::interval, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM tenants_outboxentry
    WHERE kind = %(kind)s AND key = ANY(%(keys)s) AND done_gen < wanted_gen
        AND next_attempt_at <= statement_timestamp()
        AND (lease_until IS NULL OR lease_until < statement_timestamp())
    FOR UPDATE SKIP LOCKED
)
RETURNING key, wanted_gen, attempts
"""
_SETTLE = """
UPDATE tenants_outboxentry AS entry SET
    done_gen = applied.generation, lease_token = NULL, lease_until = NULL, attempts = 0, scheduled = FALSE,
    settled_at = statement_timestamp(), owed_since = entry.updated_at,
    last_error = '', last_error_code = '', remedy = '', updated_at = statement_timestamp()
FROM unnest(%(keys)s::uuid[], %(generations)s::bigint[]) AS applied (key, generation)
WHERE entry.kind = %(kind)s AND entry.key = applied.key AND entry.lease_token = %(token)s
RETURNING entry.key
"""


@dataclass(frozen=True)
class BatchLease:
    """The right to reconcile several keys of one kind until it expires: their generations, and attempts so far."""

    kind: SyncKind
    token: uuid.UUID
    generations: Mapping[uuid.UUID, int]
    attempts: Mapping[uuid.UUID, int]


def request_many(
    kind: SyncKind, keys: Collection[uuid.UUID], *, token: uuid.UUID | None = None, actor: Actor | None = None
) -> None:
    """Owe a reconcile of each key. Runs in the transaction of the change; the sweep finds what nobody takes before.

    Args:
        kind: what the keys name.
        keys: which.
        token: keys that never had a row are taken on at once under this token, which saves a write of each.
        actor: who made the change; None where it follows from other work.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A sync request belongs in the transaction of its change.")
    now, asker = _database_time(), Asker.of(actor)
    held = {"lease_token": token, "lease_until": now + _term(), "attempts": 1} if token else {}
    due: dict[str, Any] = {"next_attempt_at": now, "owed_since": now}
    asked = {"asker_kind": asker.kind, "asker_label": asker.label, "request_id": current_request_id()}
    new = [OutboxEntry(kind=kind, key=key, wanted_gen=1 if token else 0, **due, **asked, **held) for key in keys]
    # Where there is a row already, it stays as it is, and the next statement asks for more.
    OutboxEntry.objects.bulk_create(new, ignore_conflicts=True)
    rows = OutboxEntry.objects.filter(kind=kind, key__in=keys)
    (rows.exclude(lease_token=token) if token else rows).update(
        wanted_gen=F("wanted_gen") + 1,
        next_attempt_at=Now(),
        attempts=0,
        scheduled=False,
        owed_since=OWED_SINCE,
        updated_at=Now(),
        **asked,
    )


def take_many(kind: SyncKind, keys: Collection[uuid.UUID], *, token: uuid.UUID) -> BatchLease:
    """Take those of the keys on for which something is owed and due, and which nobody else holds.

    Refuses to run inside a transaction: the leases must be visible to others before anything remote happens.

    Args:
        kind: what the keys name.
        keys: which; some of them may be held under `token` since `request_many`.
        token: names the lease.
    """
    wanted = set(keys)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        held = OutboxEntry.objects.filter(kind=kind, key__in=wanted, lease_token=token)
        rows = list(held.values_list("key", "wanted_gen", "attempts"))
        rest = wanted - {key for key, _generation, _attempts in rows}
        if rest:
            term = f"{_term().total_seconds()} seconds"
            cursor.execute(_TAKE, {"token": token, "term": term, "kind": kind.value, "keys": list(rest)})
            rows += cursor.fetchall()
    generations = {key: generation for key, generation, _attempts in rows}
    return BatchLease(kind, token, generations, {key: attempts for key, _generation, attempts in rows})


def renew_many(lease: BatchLease) -> None:
    """Hold those of the leases that are still ours for another full term."""
    OutboxEntry.objects.filter(kind=lease.kind, key__in=lease.generations, lease_token=lease.token).update(
        lease_until=Now() + _term()
    )


def release_many(lease: BatchLease) -> None:
    """Give back what is still ours of a lease; what is owed stays owed, and may be tried at once."""
    OutboxEntry.objects.filter(kind=lease.kind, key__in=lease.generations, lease_token=lease.token).update(
        lease_token=None, lease_until=None
    )


def settle_many(lease: BatchLease, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Record that the generations of the lease are applied for `keys`.

    Returns:
        The keys that were another's by then. What was applied for them may be out of date, and may have come after what
        the other applied: they are owed again, so that somebody looks.
    """
    wanted = list(keys)
    parameters: dict[str, Any] = {
        "keys": wanted,
        "generations": [lease.generations[key] for key in wanted],
        "kind": lease.kind.value,
        "token": lease.token,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTLE, parameters)
        lost = set(wanted) - {key for (key,) in cursor.fetchall()}
        if lost:
            request_many(lease.kind, lost)
    return lost


def postpone_many(
    lease: BatchLease, keys: Iterable[uuid.UUID], *, delay: timedelta, code: str, error: str, remedy: str = ""
) -> None:
    """Give the leases of `keys` back with the reason and the time of the next attempt, as `outbox.postpone` does.

    Those that are another's by now are left alone, and what was asked for meanwhile is not put off.
    """
    held = OutboxEntry.objects.filter(kind=lease.kind, key__in=list(keys), lease_token=lease.token)
    with transaction.atomic():
        held.update(last_error=error, last_error_code=code, remedy=remedy, updated_at=Now())
        asked_again = {key for key, generation in held.values_list("key", "wanted_gen")
                       if generation != lease.generations[key]}  # fmt: skip
        held.exclude(key__in=asked_again).update(next_attempt_at=Now() + delay)
        held.update(lease_token=None, lease_until=None)


def _database_time() -> datetime:
    """PostgreSQL's time as a value: rows of plain values are inserted at a fraction of the cost of expressions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    moment: datetime = now
    return moment


def _term() -> timedelta:
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)
