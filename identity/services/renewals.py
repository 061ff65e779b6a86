"""Another link for somebody whose invitation, or temporary password, is of no use any more, and who asked by mail."""

import uuid

from django.db import transaction

from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import owe_invitation, withdraw_open_invitations
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import Invitation, Tenant
from tenants.services import audit


@transaction.atomic
def invite_again(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> bool:
    """Owe a new invitation to somebody who was invited and has not accepted; the link before stops working.

    Returns:
        Whether there will be one. Not where an administrator took the last one back, and not for anybody else.

    Raises:
        NotFound: no such user in this tenant.
    """
    user = lock_user(tenant, user_id)
    newest = Invitation.objects.filter(tenant=tenant, user_id=user.pk).order_by("-created_at").first()
    if user.status != UserStatus.INVITED or newest is None or newest.revoked_at is not None:
        return False
    _send_another(user, actor=actor, renews=False)
    return True


@transaction.atomic
def renew_password(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> bool:
    """Owe a link to somebody whom Cognito knows with a temporary password alone, which may have expired.

    The link leads to a password of their own. Until then nothing changes for them: whoever comes in another way goes
    on doing so.

    Returns:
        Whether there will be one: only for active users.

    Raises:
        NotFound: no such user in this tenant.
    """
    user = lock_user(tenant, user_id)
    if user.status != UserStatus.ACTIVE or user.is_federated or not user.email:
        return False
    _send_another(user, actor=actor, renews=True)
    return True


def _send_another(user: DirectoryUser, *, actor: Actor, renews: bool) -> None:
    withdraw_open_invitations(user)
    owe_invitation(user, renews=renews)
    audit.record(Action.INVITATION_ASKED, actor=actor, tenant=user.tenant, target=user)
