"""Reads of a tenant's connections. What another tenant has answers like what does not exist."""

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from federation.connections.settings import SamlSettings
from federation.models import Connection, ConnectionKind, ConnectionStatus, ConnectionVersion
from tenants.errors import NotFound
from tenants.models import Tenant


def connections_of(tenant: Tenant) -> QuerySet[Connection]:
    """Return a tenant's connections by name, each with its newest version."""
    return Connection.objects.filter(tenant=tenant).select_related("newest").order_by("name", "pk")


def get_connection(tenant: Tenant, connection_id: uuid.UUID) -> Connection:
    """Return one connection.

    Raises:
        NotFound: the tenant has no such connection.
    """
    connection = connections_of(tenant).select_related("tenant__pool").filter(pk=connection_id).first()
    if connection is None:
        raise NotFound
    return connection


def versions_of(connection: Connection) -> QuerySet[ConnectionVersion]:
    """Return every version, the newest first."""
    return ConnectionVersion.objects.filter(tenant=connection.tenant_id, connection=connection).order_by("-number")


def get_version(connection: Connection, number: int) -> ConnectionVersion:
    """Return one version.

    Raises:
        NotFound: the connection has no version of that number.
    """
    version = versions_of(connection).filter(number=number).first()
    if version is None:
        raise NotFound
    return version


def active_connections(tenant: Tenant) -> Sequence[Connection]:
    """Return the connections that people can sign in by, by name."""
    return list(connections_of(tenant).filter(status=ConnectionStatus.ACTIVE))


def same_directory(connection: Connection, entity_id: str) -> Connection | None:
    """Return the tenant's other SAML connection to the directory with an entity id, if it has one.

    The user pool has one entity id of its own, and a directory takes it for one application only: a second connection
    to it could never be set up there. Only the tenant's own are looked at: what a neighbour in the pool has must not be
    told, not even by a refusal (docs/adr/0014).
    """
    if connection.kind != ConnectionKind.SAML or not entity_id:
        return None
    others = connections_of(connection.tenant).filter(kind=ConnectionKind.SAML).exclude(pk=connection.pk)
    return next((other for other in others if _entity_id(other) == entity_id), None)


def _entity_id(connection: Connection) -> str:
    settings = connection.settings
    return settings.entity_id if isinstance(settings, SamlSettings) else ""
