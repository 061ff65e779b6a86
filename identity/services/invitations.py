"""Inviting people by e-mail: the directory user, the invitation, and the mail that is owed."""

import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import DirectoryUser, UserStatus
from identity.services.guards import require_may_grant
from identity.services.loading import lock_user
from identity.services.user_sessions import end_user_sessions
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Invitation, SyncKind, Tenant
from tenants.permissions import TenantRole
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.text import clean_email, clean_name

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite_user(tenant: Tenant, *, email: str, name: str, role: str, actor: Actor) -> DirectoryUser:
    """Add a user to a tenant's directory and owe them an invitation by mail.

    Args:
        tenant: whose directory.
        email: where the invitation goes; kept in lower case.
        name: what to call them; may be empty.
        role: a `TenantRole`, or empty for somebody who uses applications alone.
        actor: who invites; needs `roles:write` (or the right to onboard) where a role is given.

    Raises:
        ValidationFailed: the address is malformed or a user of this tenant already, or the name or role not usable.
        PermissionDenied: the actor may not give that role.
    """
    email, name = clean_email(email), clean_name(name)
    if role and role not in TenantRole:
        raise ValidationFailed(_("There is no such role."), fields={"role": _("Choose one of the roles.")})
    require_may_grant(role, actor=actor)
    user = DirectoryUser(tenant=tenant, email=email, name=name, role=role)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        message = _("%(email)s is a user here already.") % {"email": email}
        raise ValidationFailed(message, fields={"email": message}) from error
    owe_invitation(user)
    audit.record(Action.USER_INVITED, actor=actor, tenant=tenant, target=user, after={"name": name, "role": role})
    return user


@transaction.atomic
def resend_invitation(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> Invitation:
    """Owe the user a new invitation, or the first one where they were created without; links sent before stop working.

    Raises:
        NotFound: no such user in this tenant.
        Conflict: the user is not waiting for an invitation.
    """
    user = lock_user(tenant, user_id)
    if user.is_federated:
        # An invitation leads to a password, and the name in Cognito is the identity provider's to give.
        raise Conflict(_("%(email)s comes in by an identity provider, and needs no invitation.") % {"email": user})
    if user.missing_since is not None and user.status == UserStatus.ACTIVE and user.email:
        # Whoever is gone from Cognito has no password there any more; they choose a new one as an invited user.
        user.status, user.cognito_sub, user.missing_since = UserStatus.INVITED, "", None
        user.save(update_fields=["status", "cognito_sub", "missing_since", "updated_at"])
        # An invited user holds no session, but once they accepted, those from before would be live again.
        end_user_sessions(user)
    if user.status not in {UserStatus.INVITED, UserStatus.CREATED}:
        raise Conflict(_("%(email)s has no invitation to send again.") % {"email": user.email})
    withdraw_open_invitations(user)
    if user.status == UserStatus.CREATED:
        user.status = UserStatus.INVITED
        user.save(update_fields=["status", "updated_at"])
    invitation = owe_invitation(user)
    audit.record(Action.INVITATION_RESENT, actor=actor, tenant=tenant, target=user)
    return invitation


@transaction.atomic
def revoke_invitation(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> None:
    """Make the links sent to a user stop working; the user stays, and can be invited again.

    Raises:
        NotFound: no such user in this tenant.
        Conflict: no invitation of theirs is open.
    """
    user = lock_user(tenant, user_id)
    if not withdraw_open_invitations(user):
        raise Conflict(_("%(email)s has no open invitation.") % {"email": user.email})
    audit.record(Action.INVITATION_REVOKED, actor=actor, tenant=tenant, target=user)


def withdraw_open_invitations(user: DirectoryUser) -> int:
    """Revoke the user's open invitations, in the transaction of whatever makes them void; returns how many."""
    now = timezone.now()
    invitations = Invitation.objects.filter(
        tenant_id=user.tenant_id, user_id=user.pk, accepted_at__isnull=True, revoked_at__isnull=True
    )
    return invitations.update(revoked_at=now)


def owe_invitation(user: DirectoryUser, *, renews: bool = False) -> Invitation:
    """Make an invitation, in the transaction of whatever it belongs to, and owe its mail.

    Args:
        user: who is to choose a password.
        renews: whether it takes the place of an active user's temporary password.
    """
    invitation = Invitation.objects.create(
        tenant_id=user.tenant_id,
        user_id=user.pk,
        email=user.email,
        renews=renews,
        expires_at=timezone.now() + VALID_FOR,
    )
    request_sync(SyncKind.INVITATION, invitation.pk)
    return invitation
