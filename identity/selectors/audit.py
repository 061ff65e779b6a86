"""Reads of a tenant's audit log."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from identity.models import DirectoryUser
from tenants.models import AuditEvent, Tenant
from tenants.models.audit import chain_of


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of who acted, or of what they changed, in any case.
        action: an audit action, such as `user.disabled`.
        actor_kind: an `ActorKind`.
        since: the first day, UTC.
        until: the last day, UTC.
    """

    q: str = ""
    action: str = ""
    actor_kind: str = ""
    since: date | None = None
    until: date | None = None


def audit_events(tenant: Tenant, wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """Return the events of a tenant's own chain that a filter leaves, in no order yet."""
    events = AuditEvent.objects.filter(chain=chain_of(tenant))
    if q := wanted.q.strip():
        events = events.filter(Q(actor_label__icontains=q) | Q(target_label__icontains=q))
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.actor_kind:
        events = events.filter(actor_kind=wanted.actor_kind)
    if wanted.since:
        events = events.filter(created_at__gte=datetime.combine(wanted.since, time.min, UTC))
    if wanted.until:
        events = events.filter(created_at__lt=datetime.combine(wanted.until, time.min, UTC) + timedelta(days=1))
    return events


def events_about(user: DirectoryUser, limit: int) -> list[AuditEvent]:
    """Return the newest events about a user, or by them."""
    chain = AuditEvent.objects.filter(chain=chain_of(user.tenant)).order_by("-sequence")
    # Two queries, each of which an index answers in order; as one, PostgreSQL would read the whole chain.
    about = chain.filter(target_type=DirectoryUser._meta.model_name, target_id=str(user.pk))[:limit]
    found = {event.pk: event for events in (about, chain.filter(actor_id=str(user.pk))[:limit]) for event in events}
    return sorted(found.values(), key=lambda event: event.sequence, reverse=True)[:limit]
