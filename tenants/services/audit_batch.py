"""Appending many events to one chain of the audit log at once; the chain is the same as by `audit.record`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Tenant
from tenants.services.audit import GENESIS, digest


@dataclass(frozen=True)
class Happening:
    """What happened to one row. `before` and `after` are JSON-serialisable and hold no secret."""

    target: models.Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def record_many(action: Action, happenings: Sequence[Happening], *, actor: Actor, tenant: Tenant) -> None:
    """Append an event for each of `happenings`, in their order. Must run in the transaction of the change.

    Args:
        action: what happened to all of them.
        happenings: to what, and how.
        actor: who did it; an operator's support reason goes with it.
        tenant: whose log it is for.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs in the transaction of its change.")
    if not happenings:
        return
    chain = str(tenant.pk)
    with connection.cursor() as cursor:
        # The lock of `audit.record`: one writer a chain until commit.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"audit:{chain}"])
    newest = AuditEvent.objects.filter(chain=chain).order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous_hash = newest or (0, GENESIS)
    events = []
    for happening in happenings:
        sequence += 1
        event = AuditEvent(
            tenant=tenant,
            chain=chain,
            sequence=sequence,
            created_at=timezone.now(),
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            actor_label=actor.label,
            action=action.value,
            target_type=happening.target._meta.model_name or "",
            target_id=str(happening.target.pk),
            target_label=str(happening.target)[:254],
            before=dict(happening.before),
            after=dict(happening.after),
            reason=actor.reason,
            request_id=actor.request_id,
            ip=actor.ip,
            previous_hash=previous_hash,
        )
        previous_hash = event.hash = digest(event)
        events.append(event)
    AuditEvent.objects.bulk_create(events)
