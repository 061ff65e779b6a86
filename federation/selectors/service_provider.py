"""A tenant's user pool as its identity provider has to know it."""

import uuid

from django.conf import settings

from federation.connections.service_provider import ServiceProvider
from federation.models import Connection, ConnectionKind
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


def published_service_provider(connection_id: uuid.UUID) -> ServiceProvider:
    """Return what the metadata of a connection says, for whoever knows its address.

    Raises:
        NotFound: there is no SAML connection of this id, or its pool is not in Cognito yet.
    """
    rows = Connection.objects.filter(pk=connection_id, kind=ConnectionKind.SAML).select_related("tenant__pool__cell")
    connection = rows.first()
    provider = service_provider_of(connection.tenant) if connection is not None else None
    if provider is None or not provider.ready:
        raise NotFound
    return provider
