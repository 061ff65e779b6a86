"""Reads of whether people can arrive by a connection now."""

import uuid

from django.db.models import QuerySet

from federation.models import Connection, ConnectionStatus
from federation.selectors.connections import connections_of
from identity.models import AppClient, Family, SyncedResource
from tenants.models import SyncKind, Tenant

_LISTED = "SupportedIdentityProviders"


def offered_connections(tenant: Tenant) -> QuerySet[Connection]:
    """Return what the sign-in page offers, by name: active connections, whether Cognito has followed or not."""
    return connections_of(tenant).filter(status=ConnectionStatus.ACTIVE)


def offered_connection(tenant: Tenant, connection_id: uuid.UUID) -> Connection | None:
    """Return one of them; None for an unknown, foreign or inactive one alike."""
    return offered_connections(tenant).select_related("tenant").filter(pk=connection_id).first()


def arrival_client(tenant: Tenant) -> AppClient | None:
    """Return the tenant's app client by which people arrive; None while Cognito does not have it."""
    if not tenant.pool.is_provisioned:
        return None
    rows = AppClient.objects.select_related("pool__cell", "tenant")
    return rows.filter(tenant=tenant, pool=tenant.pool, purpose=AppClient.FEDERATED).first()


def is_listed(connection: Connection) -> bool:
    """Say whether Cognito lets people come by a connection now: its app client lists the identity provider."""
    tenant = connection.tenant
    record = SyncedResource.objects.filter(
        scope=SyncKind.TENANT, key=tenant.pk, family=Family.CLIENT, name=tenant.client_name(AppClient.FEDERATED)
    ).first()
    return record is not None and connection.provider_name in (record.last_applied.get(_LISTED) or [])
