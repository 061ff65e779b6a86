"""What must hold before a connection may be changed, and what is told of a change."""

import uuid

from django.utils.translation import gettext as _

from federation.connections.settings import Settings, needs_secret
from federation.models import Connection, FederatedIdentity
from federation.selectors.connections import same_directory
from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from tenants.models import SyncKind, Tenant
from tenants.permissions import Permission, TenantRole
from tenants.services.outbox import request_sync


def lock_connection(tenant: Tenant, connection_id: uuid.UUID) -> Connection:
    """Return a connection and hold it until commit.

    Raises:
        NotFound: the tenant has no such connection.
    """
    rows = Connection.objects.select_for_update(of=("self",)).select_related("newest")
    connection = rows.filter(tenant=tenant, pk=connection_id).first()
    if connection is None:
        raise NotFound
    connection.tenant = tenant
    return connection


def require_may_configure(connection: Connection, *, actor: Actor) -> None:
    """Refuse an actor who could make themselves, or others, more than they may by changing who vouches for whom.

    Raises:
        PermissionDenied: the connection gives roles or lets an owner in, and the actor lacks `roles:write`.
    """
    if actor.allows(Permission.ROLES_WRITE):
        return
    owners = FederatedIdentity.objects.filter(
        connection=connection, user__role=TenantRole.OWNER, unlinked_at__isnull=True
    )
    if connection.gives_roles or owners.exists():
        raise PermissionDenied(_("This connection gives roles or lets an owner in. Only an owner can change it."))


def facts(connection: Connection) -> dict[str, object]:
    """Return a connection for the audit log: without its secret, and without metadata, which the version has."""
    settings = connection.settings.to_json()
    shown = {name: value for name, value in settings.items() if name not in ("metadata", "certificates")}
    return {
        "name": connection.name,
        "kind": connection.kind,
        "provider": connection.provider_name,
        "status": connection.status,
        "version": connection.current.number,
        "settings": shown,
        "has_secret": connection.current.has_secret,
        "mapping": connection.mapping.to_json(),
    }


def request_provider_sync(connection: Connection) -> None:
    """Owe a sync of the tenant's identity providers and app clients."""
    request_sync(SyncKind.TENANT, connection.tenant_id)


def refuse_same_directory(connection: Connection, entity_id: str) -> None:
    """Refuse a second SAML connection of the tenant to one directory (`selectors.connections.same_directory`).

    Raises:
        Conflict: with the ways that there are.
    """
    if same_directory(connection, entity_id) is not None:
        raise Conflict(
            _(
                "This identity provider's directory cannot be connected over SAML once more: a directory takes the "
                "entity ID of your user pool for one application only. Change the connection that there is, use "
                "OpenID Connect, or ask your provider for another user pool."
            )
        )


def require_complete(connection: Connection, settings: Settings, secret: str) -> None:
    """Refuse settings that Cognito could not be given.

    Raises:
        ValidationFailed: naming what is missing.
    """
    missing = list(settings.missing)
    if needs_secret(connection.kind) and not secret:
        missing.append("client_secret")
    if missing:
        fields = {name: _("This is needed before the connection can be used.") for name in missing}
        raise ValidationFailed(_("The connection is not complete yet."), fields=fields)
