"""Changing a tenant's users: status, role and factors. Each function is one use case and one transaction."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from identity.models import DirectoryUser, UserStatus
from identity.services.bulk_rules import enabled_status
from identity.services.factor_reset import owe_factor_reset
from identity.services.guards import lock_owners, refuse_self, require_may_manage, require_other_owner
from identity.services.invitations import withdraw_open_invitations
from identity.services.loading import lock_user
from identity.services.user_sessions import end_user_sessions
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, PermissionDenied, ValidationFailed
from tenants.models import SyncKind, Tenant
from tenants.permissions import Permission, TenantRole
from tenants.services import audit
from tenants.services.outbox import request_sync


@transaction.atomic
def disable_user(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """Stop a user from signing in. In Lifeguard at once; Cognito follows.

    Raises:
        NotFound: no such user in this tenant.
        Conflict: the user is disabled already, is the actor, or is the last owner.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    owners = lock_owners(tenant)
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    refuse_self(user, actor=actor, message=_("You cannot disable yourself. Ask another owner."))
    require_other_owner(user, owners)
    if user.status == UserStatus.DISABLED:
        raise Conflict(_("%(email)s is disabled already.") % {"email": user})
    withdraw_open_invitations(user)
    end_user_sessions(user)
    return _set_status(user, UserStatus.DISABLED, Action.USER_DISABLED, actor=actor)


@transaction.atomic
def enable_user(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """Let a disabled user in again. Who had not accepted an invitation waits for a new one (`resend_invitation`).

    Raises:
        NotFound: no such user in this tenant.
        Conflict: the user is not disabled.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    if user.status != UserStatus.DISABLED:
        raise Conflict(_("%(email)s is not disabled.") % {"email": user})
    return _set_status(user, enabled_status(user), Action.USER_ENABLED, actor=actor)


@transaction.atomic
def reset_user_mfa(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """Take a user's second factors away, so that they set one up again at the next sign-in.

    Raises:
        NotFound: no such user in this tenant.
        Conflict: the user has not accepted the invitation, so that there is no factor yet, or has theirs elsewhere.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    if not user.cognito_sub:
        raise Conflict(_("%(email)s has never signed in and has no second factor.") % {"email": user})
    if user.is_federated and not user.has_second_factor:
        # Cognito never asks them for one (developer guide, "Adding MFA to a user pool").
        raise Conflict(_("%(email)s has their second factors at the identity provider.") % {"email": user})
    had = [factor.value for factor in user.second_factors]
    owe_factor_reset(user, actor=actor)
    audit.record(
        Action.USER_MFA_RESET,
        actor=actor,
        tenant=tenant,
        target=user,
        before={"factors": had},
        after={"factors": []},
    )
    return user


@transaction.atomic
def delete_user(tenant: Tenant, user_id: uuid.UUID, *, confirm_email: str, actor: Actor) -> None:
    """Remove a user for good: from Lifeguard at once, from Cognito by the worker, which then drops the row.

    Args:
        tenant: whose directory.
        user_id: whom.
        confirm_email: the address as the actor typed it; it must be the user's, or the name of one without address.
        actor: who deletes.

    Raises:
        NotFound: no such user in this tenant.
        ValidationFailed: the typed address is another one.
        Conflict: the user is the actor, or the last owner.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    owners = lock_owners(tenant)
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    refuse_self(user, actor=actor, message=_("You cannot delete yourself. Ask another owner."))
    require_other_owner(user, owners)
    if confirm_email.strip().lower() != str(user).lower():
        message = _("This is not the user's e-mail address.") if user.email else _("This is not the user's name.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    withdraw_open_invitations(user)
    _set_status(user, UserStatus.DELETING, Action.USER_DELETED, actor=actor)


@transaction.atomic
def set_user_role(tenant: Tenant, user_id: uuid.UUID, *, role: str, actor: Actor) -> DirectoryUser:
    """Give a user another role in the dashboard, or none.

    Raises:
        NotFound: no such user in this tenant.
        ValidationFailed: there is no such role.
        Conflict: the user is the actor, or the last owner.
        PermissionDenied: the actor lacks `roles:write`.
    """
    if not actor.allows(Permission.ROLES_WRITE):
        raise PermissionDenied(_("Only an owner can change roles."))
    if role and role not in TenantRole:
        raise ValidationFailed(_("There is no such role."), fields={"role": _("Choose one of the roles.")})
    owners = lock_owners(tenant)
    user = lock_user(tenant, user_id)
    if role == user.role:
        return user
    refuse_self(user, actor=actor, message=_("You cannot change your own role. Ask another owner."))
    require_other_owner(user, owners)
    before, user.role = user.role, role
    user.save(update_fields=["role", "updated_at"])
    audit.record(
        Action.USER_ROLE_SET, actor=actor, tenant=tenant, target=user, before={"role": before}, after={"role": role}
    )
    return user


def _set_status(user: DirectoryUser, status: UserStatus, action: Action, *, actor: Actor) -> DirectoryUser:
    before, user.status = user.status, status
    user.save(update_fields=["status", "updated_at"])
    audit.record(
        action, actor=actor, tenant=user.tenant, target=user, before={"status": before}, after={"status": status.value}
    )
    request_sync(SyncKind.USER, user.pk, actor=actor)
    return user
