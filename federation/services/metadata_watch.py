"""Looking each day at what the identity providers of connections publish about themselves. It changes nothing.

What is due stands in PostgreSQL, and so does who looks: a message too many does nothing, and one that is lost costs a
tick. The network is asked outside of any transaction.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from federation.connections.published import ENDPOINTS, asked_at, differences, digest, next_look
from federation.connections.settings import OidcSettings, SamlSettings, Settings
from federation.fetching import fetch
from federation.metadata import Choice, parse
from federation.metadata.source import MOST_BYTES
from federation.models import Connection, MetadataWatch
from federation.oidc_discovery import discover
from federation.sayings import Finding, NotUsable
from federation.selectors.metadata_watch import due_watches, watched_connections
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.services import audit

CHECK_TASK = "federation.check_metadata"
# Longer than two fetches can take, so that nobody else looks meanwhile.
_LEASE = timedelta(minutes=2)
_ENROLLED_AT_ONCE = 1000
_ACTOR = system("Metadata")


@dataclass(frozen=True)
class _Answer:
    """What was published, or why it cannot be used."""

    published: dict[str, str] = field(default_factory=dict)
    code: str = ""
    message: str = ""
    remedy: str = ""


def enrol() -> int:
    """Give each connection that is to be looked at a time for it; returns how many had none."""
    now = timezone.now()
    found = watched_connections().filter(watch__isnull=True)[:_ENROLLED_AT_ONCE]
    rows = [
        MetadataWatch(tenant_id=each.tenant_id, connection=each, next_check_at=next_look(each.pk, 0, now))
        for each in found
    ]
    MetadataWatch.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def check_metadata(connection_id: uuid.UUID) -> None:
    """Look at what one identity provider publishes, and keep whether that is what is in use.

    What is not due, or looked at by somebody else, is left alone.
    """
    token = uuid.uuid4()
    settings = _take(connection_id, token)
    if settings is not None:
        _settle(connection_id, token, asked_at(settings), _ask(settings))


@transaction.atomic
def _take(connection_id: uuid.UUID, token: uuid.UUID) -> Settings | None:
    rows = due_watches().select_for_update(of=("self",), skip_locked=True)
    watch = rows.filter(connection_id=connection_id).first()
    if watch is None:
        return None
    MetadataWatch.objects.filter(pk=watch.pk).update(lease_token=token, lease_until=Now() + _LEASE)
    return _connection(connection_id).settings


def _ask(settings: Settings) -> _Answer:
    try:
        return _asked(settings)
    except NotUsable as error:
        return _Answer(code=error.code, message=error.message, remedy=error.remedy)


def _asked(settings: Settings) -> _Answer:
    if isinstance(settings, OidcSettings):
        found = discover(settings.issuer)
        return _unusable(found.errors) or _Answer({name: getattr(found, name) for name in ENDPOINTS})
    if not isinstance(settings, SamlSettings):
        raise TypeError(f"{type(settings).__name__} are not published anywhere")
    data = fetch(settings.metadata_url, limit_bytes=MOST_BYTES).content
    # Where it is the only one it may have got another name, which is told; among several it is known by its name.
    metadata = parse(data, now=timezone.now())
    if isinstance(metadata, Choice):
        metadata = parse(data, entity_id=settings.entity_id, now=timezone.now())
    if isinstance(metadata, Choice):
        raise TypeError("an entity was named, and metadata still offers a choice")
    return _unusable(metadata.errors) or _Answer({"metadata": metadata.document})


def _unusable(errors: tuple[Finding, ...]) -> _Answer | None:
    first = next(iter(errors), None)
    return _Answer(code=first.code, message=first.message, remedy=first.remedy) if first else None


@transaction.atomic
def _settle(connection_id: uuid.UUID, token: uuid.UUID, source: str, answer: _Answer) -> None:
    """Keep what came, unless somebody else took over, or the connection asks another address by now."""
    watch = MetadataWatch.objects.select_for_update(of=("self",)).filter(connection_id=connection_id).first()
    if watch is None or watch.lease_token != token:
        return
    connection = _connection(connection_id)
    watch.lease_token = watch.lease_until = None
    if asked_at(connection.settings) == source:
        _note(watch, connection, source, answer)
    watch.save()


def _note(watch: MetadataWatch, connection: Connection, source: str, answer: _Answer) -> None:
    now = timezone.now()
    if watch.source != source:
        watch.published, watch.differs_since, watch.noted, watch.read_at = {}, None, "", None
    watch.source, watch.checked_at = source, now
    watch.code, watch.message, watch.remedy = answer.code, answer.message, answer.remedy
    watch.failures = watch.failures + 1 if answer.code else 0
    watch.next_check_at = next_look(connection.pk, watch.failures, now)
    if not answer.code:
        watch.read_at = now
        _compare(watch, connection, answer.published)


def _compare(watch: MetadataWatch, connection: Connection, published: dict[str, str]) -> None:
    """Keep what differs, and tell the audit log of it once."""
    found = differences(connection.settings, published, now=timezone.now())
    if not found:
        watch.published, watch.differs_since, watch.noted = {}, None, ""
        return
    watch.published = published
    watch.differs_since = watch.differs_since or timezone.now()
    if watch.noted == digest(published):
        return
    watch.noted = digest(published)
    after = {"source": watch.source, "differences": [each.message for each in found]}
    audit.record(Action.CONNECTION_PUBLISHED, actor=_ACTOR, tenant=connection.tenant, target=connection, after=after)


def _connection(connection_id: uuid.UUID) -> Connection:
    return Connection.everything.select_related("newest", "tenant").get(pk=connection_id)
