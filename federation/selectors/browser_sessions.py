"""The sessions that somebody has: on which device, from where, since when."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from federation.devices import Device, shown_network
from federation.models import BrowserSession
from identity.models import DirectoryUser
from tenants.models import SignInPolicy


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session as people see it.

    Args:
        id: the session's.
        device: on which it was begun.
        network: from where; empty where that was not known.
        began_at: when the person signed in.
        last_seen_at: when it was last used, by a page or an application.
        connection: by which they came; empty for a factor of their own here.
        is_this: whether it is the one in whose browser the list is shown.
    """

    id: uuid.UUID
    device: Device
    network: str
    began_at: datetime
    last_seen_at: datetime
    connection: str
    is_this: bool


def open_sessions(user: DirectoryUser, *, this: BrowserSession | None = None) -> list[OpenSession]:
    """Return a user's sessions that still stand, the one used last first.

    One that was replaced in its browser by a later sign-in is no entry of its own: it ends with that one.
    """
    return [_shown(session, this) for session in live_sessions(user)]


def live_sessions(user: DirectoryUser) -> list[BrowserSession]:
    """Return a user's sessions that still stand, without those that another one took the place of."""
    policy = SignInPolicy.objects.get(tenant=user.tenant_id)
    now = timezone.now()
    if not user.may_sign_in:
        return []
    begun_after = now - timedelta(minutes=policy.session_absolute_minutes)
    rows = BrowserSession.objects.select_related("connection").filter(
        tenant=user.tenant_id,
        user=user,
        ended_at__isnull=True,
        auth_time__gt=max(begun_after, user.signed_out_at) if user.signed_out_at else begun_after,
        last_seen_at__gt=now - timedelta(minutes=policy.session_idle_minutes),
    )
    live = [session for session in rows.order_by("-last_seen_at") if session.is_live(policy)]
    replaced = {session.previous_id for session in live}
    return [session for session in live if session.pk not in replaced]


def _shown(session: BrowserSession, this: BrowserSession | None) -> OpenSession:
    return OpenSession(
        id=session.pk,
        device=session.device,
        network=shown_network(session.network) if session.network else "",
        began_at=session.auth_time,
        last_seen_at=session.last_seen_at,
        connection=session.connection.name if session.connection else "",
        is_this=this is not None and session.pk == this.pk,
    )
