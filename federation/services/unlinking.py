"""Taking a connection away from a user who has another way in, and letting it be given back."""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import Connection, FederatedIdentity
from identity.models import DirectoryUser, SyncedResource
from identity.services.guards import lock_owners, require_may_manage
from identity.services.loading import lock_user
from identity.services.user_sessions import end_user_sessions
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound
from tenants.models import SyncKind, Tenant
from tenants.services import audit
from tenants.services.outbox import request_sync


@transaction.atomic
def disconnect_user(tenant: Tenant, user_id: uuid.UUID, connection_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """Let a user not come by a connection any more, and sign them out; their profile in Cognito is deleted.

    Who it was to the identity provider stays known, so that the next sign-in does not connect them again.

    Raises:
        NotFound: no such user in this tenant, or they do not come by this connection.
        Conflict: it is the only way in that they have.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user, rows = _load(tenant, user_id, connection_id, actor=actor)
    if not rows.filter(unlinked_at__isnull=True).exists():
        raise NotFound
    linked = list(rows.filter(linked_at__isnull=False, unlinked_at__isnull=True))
    if not linked:
        raise Conflict(
            _("%(email)s has no other way in. Disable or delete the user, if they are to stay out.") % {"email": user}
        )
    rows.filter(pk__in=[row.pk for row in linked]).update(unlinked_at=timezone.now(), notice_owed=False)
    end_user_sessions(user)
    _record(Action.USER_UNLINKED, user, linked, actor=actor)
    request_sync(SyncKind.USER, user.pk, actor=actor)
    return user


@transaction.atomic
def allow_again(tenant: Tenant, user_id: uuid.UUID, connection_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """Forget that a user was disconnected: the connection's rule decides at the next sign-in as if it were the first.

    Raises:
        NotFound: no such user in this tenant, or nothing was disconnected from them.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user, rows = _load(tenant, user_id, connection_id, actor=actor)
    gone = list(rows.filter(unlinked_at__isnull=False))
    if not gone:
        raise NotFound
    names = [row.cognito_username for row in gone]
    SyncedResource.objects.filter(scope=SyncKind.USER, key=user.pk, name__in=names).delete()
    rows.filter(pk__in=[row.pk for row in gone]).delete()
    _record(Action.USER_LINK_ALLOWED, user, gone, actor=actor)
    return user


def _load(
    tenant: Tenant, user_id: uuid.UUID, connection_id: uuid.UUID, *, actor: Actor
) -> tuple[DirectoryUser, QuerySet[FederatedIdentity]]:
    # As an arrival does, so that nobody comes in by what is being taken away.
    lock_owners(tenant)
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    connection = Connection.everything.filter(tenant=tenant, pk=connection_id)
    return user, FederatedIdentity.objects.filter(tenant=tenant, user=user, connection__in=connection)


def _record(action: Action, user: DirectoryUser, rows: list[FederatedIdentity], *, actor: Actor) -> None:
    before = {"connection": rows[0].connection.name, "subjects": [row.subject for row in rows]}
    audit.record(action, actor=actor, tenant=user.tenant, target=user, before=before)
