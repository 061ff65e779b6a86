"""Reads of whether people can arrive by a connection now."""

import uuid

from django.db.models import QuerySet

from federation.models import Connection, ConnectionStatus
from federation.selectors.connections import connections_of
from identity.models import AppClient, Family, SyncedResource
from tenants.models import SyncKind, Tenant

_LISTED, _LOGOUT_URLS = "SupportedIdentityProviders", "LogoutURLs"


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
    return connection.provider_name in _applied(connection.tenant, _LISTED)


def leads_back(tenant: Tenant, address: str) -> bool:
    """Say whether Cognito sends somebody there whom it has signed out: the app client has the address."""
    return address in _applied(tenant, _LOGOUT_URLS)


def _applied(tenant: Tenant, setting: str) -> list[str]:
    record = SyncedResource.objects.filter(
        scope=SyncKind.TENANT, key=tenant.pk, family=Family.CLIENT, name=tenant.client_name(AppClient.FEDERATED)
    ).first()
    return list(record.last_applied.get(setting) or []) if record is not None else []
