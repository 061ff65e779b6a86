"""Writing the audit log, and proving that nobody rewrote it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Tenant
from tenants.models.audit import chain_of

GENESIS = "0" * 64
_HASHED = (
    "chain", "sequence", "actor_kind", "actor_id", "actor_label", "action", "target_type", "target_id", "target_label",
    "before", "after", "reason", "request_id", "ip",
)  # fmt: skip


@dataclass(frozen=True)
class BrokenLink:
    """The first event of a chain that does not follow from the one before it."""

    chain: str
    sequence: int
    why: str


def digest(event: AuditEvent) -> str:
    """Return the hash of an event, which holds its content and the hash of the event before it."""
    content = {name: getattr(event, name) for name in _HASHED}
    content["created_at"] = event.created_at.isoformat(timespec="microseconds")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{event.previous_hash}\n{canonical}".encode()).hexdigest()


def record(
    action: Action,
    *,
    actor: Actor,
    tenant: Tenant | None = None,
    target: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append one event to the tenant's chain, or to the fleet's. Must run in the transaction of the change.

    Args:
        action: what happened.
        actor: who did it; an operator's support reason goes with it.
        tenant: whose log it is for; None for the fleet's.
        target: the row that was changed.
        before: JSON-serialisable values before. Never a secret: the caller leaves those out.
        after: the same, after.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs in the transaction of its change.")
    chain = chain_of(tenant)
    with connection.cursor() as cursor:
        # One writer a chain until commit; taken before the newest event is read, so that no two follow the same one.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audit:{chain}"])
    newest = AuditEvent.objects.filter(chain=chain).order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous_hash = newest or (0, GENESIS)
    event = AuditEvent(
        tenant=tenant,
        chain=chain,
        sequence=sequence + 1,
        created_at=timezone.now(),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_label=actor.label,
        action=action.value,
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:254] if target is not None else "",
        before=dict(before or {}),
        after=dict(after or {}),
        reason=actor.reason,
        request_id=actor.request_id,
        ip=actor.ip,
        previous_hash=previous_hash,
    )
    event.hash = digest(event)
    event.save(force_insert=True)
    return event


def verify(chain: str) -> BrokenLink | None:
    """Recompute one chain and return the first event that was changed, removed or put in; None when all is well."""
    expected_sequence, previous_hash = 1, GENESIS
    for event in _events(chain):
        if event.sequence != expected_sequence:
            return BrokenLink(chain, expected_sequence, "an event is missing")
        if event.previous_hash != previous_hash:
            return BrokenLink(chain, event.sequence, "it does not follow from the event before it")
        if event.hash != digest(event):
            return BrokenLink(chain, event.sequence, "its content was changed")
        expected_sequence, previous_hash = event.sequence + 1, event.hash
    return None


def _events(chain: str) -> Iterator[AuditEvent]:
    return AuditEvent.objects.filter(chain=chain).order_by("sequence").iterator(chunk_size=500)


def chains() -> list[str]:
    """Return the name of every chain there is."""
    return list(AuditEvent.objects.order_by("chain").values_list("chain", flat=True).distinct())
