"""An operator's visits to a tenant: for a stated reason, for a limited time, and in the tenant's own audit log."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import SupportSession, Tenant
from tenants.services import audit
from tenants.services.tenant_lock import lock_staying_tenant, lock_tenant
from tenants.text import clean_line

VISIT = timedelta(minutes=60)
LONGEST_REASON = 300


@transaction.atomic
def start_support_session(tenant_id: uuid.UUID, *, reason: str, actor: Actor) -> SupportSession:
    """Let an operator into a tenant for an hour. A visit that is running ends: the log shows one reason at a time.

    Args:
        tenant_id: which tenant.
        reason: why, as the tenant will read it.
        actor: the operator.

    Raises:
        NotFound: no such tenant.
        ValidationFailed: no reason was given, or it is too long.
        Conflict: the tenant is being removed for good.
    """
    reason = clean_line(reason, field="reason", longest=LONGEST_REASON)
    tenant = lock_staying_tenant(tenant_id)
    _end_running(tenant, actor=actor)
    session = SupportSession.objects.create(
        tenant=tenant, account_id=uuid.UUID(actor.id), reason=reason, expires_at=timezone.now() + VISIT
    )
    _record(Action.SUPPORT_ENTERED, session, actor=actor)
    return session


@transaction.atomic
def end_support_session(tenant_id: uuid.UUID, *, actor: Actor) -> Tenant:
    """End the operator's visit to a tenant; nothing happens where none is running.

    Raises:
        NotFound: no such tenant.
    """
    tenant = lock_tenant(tenant_id)
    _end_running(tenant, actor=actor)
    return tenant


def _end_running(tenant: Tenant, *, actor: Actor) -> None:
    now = timezone.now()
    running = SupportSession.objects.filter(
        tenant=tenant, account_id=actor.id, ended_at__isnull=True, expires_at__gt=now
    )
    for session in running:
        session.ended_at = now
        session.save(update_fields=["ended_at"])
        _record(Action.SUPPORT_LEFT, session, actor=actor)


def _record(action: Action, session: SupportSession, *, actor: Actor) -> None:
    visitor = replace(actor, reason=session.reason)
    after = {"expires_at": session.expires_at.isoformat(timespec="seconds")}
    audit.record(action, actor=visitor, tenant=session.tenant, target=session.tenant, after=after)
    audit.record(action, actor=visitor, target=session.tenant, after=after)
