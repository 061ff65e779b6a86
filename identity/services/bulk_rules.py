"""What a bulk job does to one user, and why not. Pure: rows in, a decision out."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from identity.models import BulkKind, DirectoryUser, UserStatus
from identity.services.guards import refuse_self, require_may_manage, require_other_owner
from tenants.actor import Actor
from tenants.errors import DomainError

_TAKES_ACCESS = frozenset({BulkKind.DISABLE, BulkKind.DELETE})


def refusal(kind: BulkKind, user: DirectoryUser, *, actor: Actor, owners: Sequence[DirectoryUser] | None = None) -> str:
    """Return why the actor may not do this to the user, as a sentence; empty if they may.

    Args:
        kind: what is to be done.
        user: to whom.
        actor: who asked for it.
        owners: the tenant's owners, locked; None where nothing is changed yet and only what can be said is.
    """
    try:
        require_may_manage(user, actor=actor)
        if kind == BulkKind.UPDATE and user.cognito_username:
            # What was created in Cognito past us keeps its name there (`identity.pull.ownership`).
            return _("%(email)s was created in Cognito. Change the name there.") % {"email": user.email}
        if kind in _TAKES_ACCESS:
            refuse_self(user, actor=actor, message=_("You cannot do this to yourself. Ask another owner."))
            if owners is not None:
                require_other_owner(user, list(owners))
    except DomainError as error:
        return error.message
    return ""


def status_after(kind: BulkKind, user: DirectoryUser) -> UserStatus:
    """Return the status that a user has once this is done to them; the one that they have where nothing changes."""
    status = UserStatus(user.status)
    match kind:
        case BulkKind.DISABLE:
            return UserStatus.DISABLED
        case BulkKind.ENABLE if status is UserStatus.DISABLED:
            return enabled_status(user)
        case BulkKind.DELETE:
            return UserStatus.DELETING
        case _:
            return status


def enabled_status(user: DirectoryUser) -> UserStatus:
    """Return the status of a user who is enabled again: what they were able to do before they were disabled.

    Invitations were withdrawn when they were disabled, so that whoever had not accepted waits for a new one. Who never
    chose a password may have come by an identity provider.
    """
    if user.awaits_password:
        return UserStatus.CREATED if user.last_sign_in_at is None else UserStatus.ACTIVE
    return UserStatus.ACTIVE if user.cognito_sub else UserStatus.INVITED
