"""A tenant's user pool as its identity provider has to know it."""

import uuid

from django.conf import settings

from federation.connections.service_provider import NO_KEYS, OurKeys, ServiceProvider, sp_metadata
from federation.connections.settings import SamlSettings
from federation.metadata import Certificate
from federation.metadata.certificates import read
from federation.models import Connection, ConnectionCertificates, ConnectionKind
from identity.models import Family, SyncedResource
from identity.sync.families import domain
from tenants.errors import NotFound
from tenants.models import SyncKind, Tenant


def service_provider_of(tenant: Tenant) -> ServiceProvider:
    """Return our side of a tenant's connections; it is not `ready` while a part of it is not in Cognito.

    A prefix that was only planned may turn out to belong to somebody else, and is another one then: nobody must be told
    an address before Cognito has it.
    """
    pool = tenant.pool
    records = SyncedResource.objects.filter(
        scope=SyncKind.POOL, key=pool.pk, family=Family.DOMAIN, name=pool.domain_prefix
    )
    there = pool.is_provisioned and records.exclude(remote_id="").exists()
    return ServiceProvider(pool.cognito_id, domain.desired(pool).address.rstrip("/") if there else "")


def sp_metadata_url(connection: Connection) -> str:
    """Return where identity providers fetch our metadata. Nobody who was not told the connection's id can guess it."""
    return f"{settings.SIGNIN_URL}/saml/metadata/{connection.pk}"


def our_keys(connection: Connection) -> OurKeys:
    """Return what is known of Cognito's certificates for a connection."""
    row = ConnectionCertificates.objects.filter(tenant=connection.tenant_id, connection=connection).first()
    if row is None:
        return NO_KEYS
    return OurKeys(signing=_certificate(row.signing), encryption=_certificate(row.encryption))


def own_metadata(connection: Connection) -> bytes | None:
    """Return our metadata as the identity provider of a SAML connection needs it; None before the pool is there."""
    provider, settings = service_provider_of(connection.tenant), connection.settings
    if not provider.ready or not isinstance(settings, SamlSettings):
        return None
    return sp_metadata(
        provider,
        our_keys(connection),
        sign_requests=settings.sign_requests,
        encrypt=settings.encrypt_assertions,
    )


def published_metadata(connection_id: uuid.UUID) -> bytes:
    """Return the metadata of a connection, for whoever knows its address.

    Raises:
        NotFound: there is no SAML connection of this id, or its pool is not in Cognito yet.
    """
    rows = Connection.objects.filter(pk=connection_id, kind=ConnectionKind.SAML)
    connection = rows.select_related("newest", "tenant__pool__cell").first()
    document = own_metadata(connection) if connection is not None else None
    if document is None:
        raise NotFound
    return document


def _certificate(pem: str) -> Certificate | None:
    found = read(pem) if pem else None
    return found if isinstance(found, Certificate) else None
