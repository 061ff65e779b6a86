"""Reads of who is signed in by a connection."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from federation.models import BrowserSession, Connection
from identity.models import UserStatus
from tenants.models import SignInPolicy


def signed_in_by(connection: Connection) -> int:
    """Return how many people have a session that began by a connection and still stands (`BrowserSession.is_live`)."""
    return _live(connection).values("user").distinct().count()


def is_signed_in_by(connection: Connection, subject: uuid.UUID | None) -> bool:
    """Say whether one of them is the user with an id, who may be None."""
    return subject is not None and _live(connection).filter(user=subject).exists()


def _live(connection: Connection) -> QuerySet[BrowserSession]:
    if not connection.is_active:
        return BrowserSession.objects.none()
    policy, now = SignInPolicy.objects.get(tenant=connection.tenant_id), timezone.now()
    rows = BrowserSession.objects.filter(
        tenant=connection.tenant_id,
        connection=connection,
        ended_at__isnull=True,
        last_seen_at__gt=now - timedelta(minutes=policy.session_idle_minutes),
        auth_time__gt=now - timedelta(minutes=policy.session_absolute_minutes),
        user__status=UserStatus.ACTIVE,
    )
    return rows if connection.signed_out_at is None else rows.filter(auth_time__gt=connection.signed_out_at)
