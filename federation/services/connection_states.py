"""Putting a connection to use, taking it out of use, and deleting it."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.connections.settings import SamlSettings
from federation.models import Connection, ConnectionStatus, ConnectionVersion
from federation.services.connection_certificates import request_certificates
from federation.services.connection_rules import (
    facts,
    lock_connection,
    refuse_same_directory,
    request_provider_sync,
    require_complete,
    require_may_configure,
)
from federation.services.connection_sessions import end_sessions_by
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, ValidationFailed
from tenants.models import SyncKind, Tenant
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.services.placement import IDENTITY_PROVIDERS_PER_POOL, IDENTITY_PROVIDERS_PER_TENANT
from tenants.text import clean_line

_LONGEST_REASON = 200


@transaction.atomic
def mark_tested(tenant: Tenant, connection_id: uuid.UUID, *, version: int, actor: Actor) -> Connection:
    """Keep that a version passed a test. Of a draft that has not changed since, it makes a tested connection.

    Raises:
        NotFound: the tenant has no such connection.
    """
    connection = lock_connection(tenant, connection_id)
    if version == connection.current.number and not connection.is_tested:
        connection.tested_version = version
        if connection.status == ConnectionStatus.DRAFT:
            connection.status = ConnectionStatus.TESTED
        connection.save(update_fields=["tested_version", "status", "updated_at"])
        after = {"version": version}
        audit.record(Action.CONNECTION_TESTED, actor=actor, tenant=tenant, target=connection, after=after)
    return connection


@transaction.atomic
def activate(tenant: Tenant, connection_id: uuid.UUID, *, reason: str = "", actor: Actor) -> Connection:
    """Let people sign in by a connection: once it passed a test, or for a stated reason without one.

    Args:
        tenant: whose.
        connection_id: which; a draft or a tested one.
        reason: why without a passing test; not needed, and not kept, after one.
        actor: who.

    Raises:
        NotFound: the tenant has no such connection.
        PermissionDenied: it gives roles, and the actor may not.
        ValidationFailed: it is not complete (by field), or was not tested and there is no reason (field `reason`).
        Conflict: it is in use, or was and is disabled (`enable`); or there is no room for one more.
    """
    connection = lock_connection(tenant, connection_id)
    if connection.is_in_cognito:
        raise Conflict(_("This connection is active already, or was and is disabled."))
    require_may_configure(connection, actor=actor)
    settings = connection.settings
    require_complete(connection, settings, connection.current.secret)
    if isinstance(settings, SamlSettings):
        refuse_same_directory(connection, settings.entity_id)
    _require_room(tenant)
    tested = connection.is_tested
    told = {} if tested else {"reason": _require_reason(reason)}
    before = facts(connection)
    connection.status = ConnectionStatus.ACTIVE
    connection.activated_at = timezone.now()
    connection.save(update_fields=["status", "activated_at", "updated_at"])
    action = Action.CONNECTION_ACTIVATED if tested else Action.CONNECTION_ACTIVATED_UNTESTED
    after = {**facts(connection), **told}
    audit.record(action, actor=actor, tenant=tenant, target=connection, before=before, after=after)
    # A pool that is older than connections lacks the attribute for groups.
    request_sync(SyncKind.POOL, tenant.pool_id)
    request_provider_sync(connection)
    request_certificates(connection)
    return connection


@transaction.atomic
def disable(tenant: Tenant, connection_id: uuid.UUID, *, actor: Actor) -> Connection:
    """Let nobody sign in by a connection any more, from now on and also before Cognito has followed.

    Who is signed in by it is signed out.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: it is not active.
    """
    return _switch(tenant, connection_id, ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED, actor=actor)


@transaction.atomic
def enable(tenant: Tenant, connection_id: uuid.UUID, *, actor: Actor) -> Connection:
    """Let people sign in by a disabled connection again.

    Raises:
        NotFound: the tenant has no such connection.
        PermissionDenied: it gives roles, and the actor may not.
        Conflict: it is not disabled.
    """
    return _switch(tenant, connection_id, ConnectionStatus.DISABLED, ConnectionStatus.ACTIVE, actor=actor)


@transaction.atomic
def delete_connection(tenant: Tenant, connection_id: uuid.UUID, *, confirm_name: str, actor: Actor) -> None:
    """Delete a connection, and its secrets. Who came in by it stays a user, is signed out, and cannot sign in by it.

    Raises:
        NotFound: the tenant has no such connection.
        ValidationFailed: the name that was typed is another (field `confirm_name`).
    """
    connection = lock_connection(tenant, connection_id)
    if confirm_name.strip() != connection.name:
        message = _("This is not the name of the connection.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    before, was_there = facts(connection), connection.is_in_cognito
    told = {"signed_out": end_sessions_by(connection)} if was_there else {}
    connection.deleted_at = timezone.now()
    connection.save(update_fields=["deleted_at", "updated_at"])
    ConnectionVersion.objects.filter(connection=connection).update(secret_encrypted=b"")
    audit.record(Action.CONNECTION_DELETED, actor=actor, tenant=tenant, target=connection, before=before, after=told)
    if was_there:
        request_provider_sync(connection)


def _switch(
    tenant: Tenant, connection_id: uuid.UUID, before: ConnectionStatus, after: ConnectionStatus, *, actor: Actor
) -> Connection:
    connection = lock_connection(tenant, connection_id)
    if connection.status != before:
        raise Conflict(_("This connection is “%(status)s”.") % {"status": connection.get_status_display()})
    enabling = after == ConnectionStatus.ACTIVE
    if enabling:
        require_may_configure(connection, actor=actor)
    told = {} if enabling else {"signed_out": end_sessions_by(connection)}
    connection.status = after
    if enabling:
        # Whoever was on the way in when it was disabled, and has a session since, came by nothing that was in use.
        connection.signed_out_at = timezone.now()
    connection.save(update_fields=["status", "signed_out_at", "updated_at"])
    audit.record(
        Action.CONNECTION_ENABLED if enabling else Action.CONNECTION_DISABLED,
        actor=actor,
        tenant=tenant,
        target=connection,
        before={"status": before},
        after={"status": after, **told},
    )
    request_provider_sync(connection)
    return connection


def _require_room(tenant: Tenant) -> None:
    """Keep a tenant within what was reserved for it (`tenants.services.placement`): more would be a neighbour's."""
    # One at a time, so that two do not take the last place.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    most = IDENTITY_PROVIDERS_PER_TENANT if tenant.pool.is_shared else IDENTITY_PROVIDERS_PER_POOL
    there = (ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)
    if Connection.objects.filter(tenant=tenant, status__in=there).count() >= most:
        raise Conflict(
            _(
                "%(most)d connections can be active or disabled at a time. Delete one that nobody needs, or ask your "
                "provider for a user pool of your own."
            )
            % {"most": most}
        )


def _require_reason(reason: str) -> str:
    if not reason.strip():
        message = _("It has not passed a test as it is now. Test it, or say why it is to be used without.")
        raise ValidationFailed(message, fields={"reason": message})
    return clean_line(reason, field="reason", longest=_LONGEST_REASON)
