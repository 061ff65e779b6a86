"""What the identity providers of connections publish, and which of them is to be looked at."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from federation.connections.published import Difference, asked_at, differences, digest, read_published
from federation.metadata import ParsedMetadata
from federation.models import Connection, ConnectionKind, ConnectionStatus, MetadataWatch
from tenants.models import TenantStatus

_WATCHED = (ConnectionStatus.TESTED, ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)


@dataclass(frozen=True)
class Watched:
    """What was seen at an identity provider, beside what is in use now.

    Args:
        checked_at: when it was looked at last; None where it was not yet.
        read_at: when it last could be read and used; None where it never could.
        message: why the last look failed; empty where it did not, or where the connection was changed since.
        remedy: what to do about that.
        next_check_at: when it is looked at again.
        differences: what is published otherwise than it is used.
        since: when the first of such differences was seen.
        published: the SAML metadata that is published, where it differs.
        digest: by what that is known again.
    """

    checked_at: datetime | None
    read_at: datetime | None
    message: str
    remedy: str
    next_check_at: datetime
    differences: tuple[Difference, ...]
    since: datetime | None
    published: ParsedMetadata | None
    digest: str


def watched_connections() -> QuerySet[Connection]:
    """Return the connections that are looked at daily: past their draft, of tenants that people can sign in to."""
    by_url = Q(kind=ConnectionKind.SAML, newest__settings__source="url")
    rows = Connection.objects.filter(by_url | Q(kind=ConnectionKind.OIDC), status__in=_WATCHED)
    return rows.filter(tenant__status=TenantStatus.ACTIVE)


def due_watches() -> QuerySet[MetadataWatch]:
    """Return what is due and looked at by nobody, the longest waiting first."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    rows = MetadataWatch.objects.filter(free, next_check_at__lte=Now(), connection__in=watched_connections())
    return rows.order_by("next_check_at")


def connections_to_check(limit: int) -> list[uuid.UUID]:
    """Return the connections whose identity provider is to be looked at now."""
    return list(due_watches().values_list("connection_id", flat=True)[:limit])


def looks_overdue() -> float:
    """Return by how many seconds the most belated look is late; 0 where none is."""
    rows = MetadataWatch.objects.filter(next_check_at__lt=Now(), connection__in=watched_connections())
    late = ExpressionWrapper(Now() - Min("next_check_at"), output_field=DurationField())
    age: timedelta | None = rows.aggregate(age=late)["age"]
    return age.total_seconds() if age is not None else 0.0


def watched(connections: Collection[Connection]) -> dict[uuid.UUID, Watched]:
    """Return what was seen for each of some connections; those that nobody looks at are left out."""
    by_id = {each.pk: each for each in connections if each.status in _WATCHED and asked_at(each.settings)}
    rows = MetadataWatch.objects.filter(connection__in=by_id)
    return {row.connection_id: _beside(row, by_id[row.connection_id]) for row in rows}


def _beside(row: MetadataWatch, connection: Connection) -> Watched:
    settings, now = connection.settings, timezone.now()
    same_source = row.source == asked_at(settings)
    published = row.published if same_source else {}
    found = differences(settings, published, now=now) if published else ()
    # What was saved since was read by us then, so that the error is none any more.
    failed = same_source and row.checked_at is not None and row.checked_at >= connection.current.made_at
    return Watched(
        checked_at=row.checked_at if same_source else None,
        read_at=row.read_at if same_source else None,
        message=row.message if failed else "",
        remedy=row.remedy if failed else "",
        next_check_at=row.next_check_at,
        differences=found,
        since=row.differs_since if found else None,
        published=read_published(published, now=now) if found else None,
        digest=digest(published) if found else "",
    )
