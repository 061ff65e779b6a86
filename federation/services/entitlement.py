"""Whether the tokens of a family are good now, read by one narrow query: at each call of an API, and for each token."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from federation.access import allowed_by_row
from federation.models import BrowserSession, TokenFamily
from federation.models.browser_session import Limits
from federation.models.connection import carries_session
from identity.models.directory_user import holds_session
from tenants.kept_queries import KeptQuery
from tenants.models import TenantStatus

# A session's activity is noted this often at most, far below the shortest idle limit: a call of an API is not to cost a
# write each time.
_NOTED_EVERY = timedelta(minutes=1)


class Entitlement(NamedTuple):
    """A family as it is now: whose it is, and everything that decides whether it may have tokens."""

    revoked_at: datetime | None
    tenant_id: uuid.UUID
    tenant_key: str
    tenant_status: str
    idle_minutes: int
    absolute_minutes: int
    user_id: uuid.UUID
    email: str
    role: str
    user_status: str
    user_signed_out_at: datetime | None
    session_id: uuid.UUID
    auth_time: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    connection_id: uuid.UUID | None
    connection_status: str
    connection_deleted_at: datetime | None
    connection_signed_out_at: datetime | None
    client_id: str
    is_builtin: bool
    application_allowed: bool

    @property
    def stands(self) -> bool:
        """Say whether the family may have tokens: user, tenant, application and session as they are at this moment."""
        return (
            self.revoked_at is None
            and self.tenant_status == TenantStatus.ACTIVE
            and holds_session(self.user_status, self.user_signed_out_at, self.auth_time)
            and self._session_is_live
            and self.application_allowed
        )

    @property
    def _session_is_live(self) -> bool:
        """As `BrowserSession.is_live`."""
        limits = Limits(self.idle_minutes, self.absolute_minutes)
        if self.ended_at is not None or not limits.allow(self.auth_time, self.last_seen_at):
            return False
        return self.connection_id is None or carries_session(
            self.connection_status, self.connection_deleted_at, self.connection_signed_out_at, self.auth_time
        )


def entitlement(family_id: uuid.UUID) -> Entitlement | None:
    """Return a family as it is now; None where there is none."""
    return _QUERY.one(family_id)


def in_use(family_id: uuid.UUID) -> Entitlement | None:
    """Return a family that may have tokens now, and note that it was used.

    A use counts as activity of the session, so that somebody at work in an application is not signed out of it.
    """
    found = entitlement(family_id)
    if found is None or not found.stands:
        return None
    now = timezone.now()
    if found.last_seen_at < now - _NOTED_EVERY:
        BrowserSession.objects.filter(pk=found.session_id).update(last_seen_at=now)
    return found


def _query(family_id: uuid.UUID) -> "QuerySet[TokenFamily, Iterable[object]]":
    return (
        TokenFamily.objects.filter(pk=family_id)
        .annotate(allowed=allowed_by_row())
        .values_list(
            *("revoked_at", "tenant_id", "tenant__key", "tenant__status"),
            *("tenant__policy__session_idle_minutes", "tenant__policy__session_absolute_minutes"),
            *("user_id", "user__email", "user__role", "user__status", "user__signed_out_at"),
            *("session_id", "session__auth_time", "session__last_seen_at", "session__ended_at"),
            *("session__connection_id", "session__connection__status", "session__connection__deleted_at"),
            *("session__connection__signed_out_at", "application__client_id", "application__is_builtin", "allowed"),
        )
    )


_QUERY = KeptQuery(Entitlement, _query)
