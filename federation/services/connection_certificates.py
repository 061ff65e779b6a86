"""Cognito's certificates for SAML connections: asked for, and kept."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from federation.models import Connection, ConnectionCertificates, ConnectionKind
from tenants.models import OutboxEntry, SyncKind
from tenants.services.outbox import request_sync

# Cognito makes new ones once a year (Developer Guide, "SAML signing and encryption").
_LOOK_AGAIN_AFTER = timedelta(days=1)
_AT_ONCE = 500


def request_certificates(connection: Connection) -> None:
    """Have a worker look which certificates there are; nothing is asked for a connection that is not SAML."""
    if connection.kind == ConnectionKind.SAML:
        request_sync(SyncKind.CERTIFICATES, connection.pk)


def keep_certificates(connection: Connection, *, signing: str, encryption: str) -> None:
    """Keep what Cognito has now.

    Args:
        connection: whose they are.
        signing: the user pool's, as PEM.
        encryption: the identity provider's, as PEM; empty while Cognito has none, or is not to be asked. One that is
            known stays: the key pair lasts as long as the identity provider.
    """
    values = {"signing": signing, "seen_at": timezone.now(), **({"encryption": encryption} if encryption else {})}
    ConnectionCertificates.objects.update_or_create(
        connection=connection, defaults=values, create_defaults={**values, "tenant_id": connection.tenant_id}
    )


@transaction.atomic
def sweep_certificates() -> int:
    """Owe a look at those that nobody looked at for a day; returns how many.

    Not at those that are owed one already: what fails waits for its next try, and keeps nobody else from theirs.
    """
    owed = OutboxEntry.objects.filter(kind=SyncKind.CERTIFICATES, done_gen__lt=F("wanted_gen")).values("key")
    stale = Q(certificates__isnull=True) | Q(certificates__seen_at__lt=timezone.now() - _LOOK_AGAIN_AFTER)
    rows = Connection.objects.filter(stale, kind=ConnectionKind.SAML, tenant__pool__cognito_id__gt="")
    rows = rows.exclude(pk__in=owed).order_by("certificates__seen_at", "pk")
    found = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    for connection_id in found:
        request_sync(SyncKind.CERTIFICATES, connection_id, scheduled=True)
    return len(found)
