"""Who may change whom: the rules that keep a tenant from being taken over, and from losing its last owner."""

from django.utils.translation import gettext as _

from identity.models import DirectoryUser, UserStatus
from tenants.actor import Actor, ActorKind
from tenants.errors import Conflict, PermissionDenied
from tenants.models import Tenant
from tenants.permissions import Permission, TenantRole


def require_may_manage(user: DirectoryUser, *, actor: Actor) -> None:
    """Refuse an actor without `roles:write` where the user has a role.

    Otherwise an admin could set an owner's password or remove their second factor, and sign in as the owner.

    Raises:
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    if user.role and not actor.allows(Permission.ROLES_WRITE):
        message = _("%(email)s has a role in this dashboard. Only an owner can change this user.")
        raise PermissionDenied(message % {"email": user})


def require_may_grant(role: str, *, actor: Actor) -> None:
    """Refuse to give a role away that the actor may not give.

    Whoever onboards a tenant names its first owner, from outside the tenant.

    Raises:
        PermissionDenied: the actor holds neither `roles:write` nor, at fleet level, the right to onboard.
    """
    if role and not (actor.allows(Permission.ROLES_WRITE) or actor.allows(Permission.FLEET_ONBOARD)):
        raise PermissionDenied(_("Only an owner can invite somebody with a role in this dashboard."))


def refuse_self(user: DirectoryUser, *, actor: Actor, message: str) -> None:
    """Refuse an actor who would lock themselves out.

    Args:
        user: whom the change is about.
        actor: who asks for it.
        message: what to say, as a whole sentence.

    Raises:
        Conflict: both are the same person.
    """
    if actor.kind is ActorKind.MEMBER and actor.id == str(user.pk):
        raise Conflict(message)


def lock_owners(tenant: Tenant) -> list[DirectoryUser]:
    """Return a tenant's owners, and let nobody else change owners until commit: two cannot remove each other at once.

    The tenant's own row is what is locked. Locking the owners' rows would deadlock: whoever reads after a change finds
    other owners than whoever waits for it, and so takes the same rows in another order.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    return list(DirectoryUser.objects.filter(tenant=tenant, role=TenantRole.OWNER))


def require_other_owner(user: DirectoryUser, owners: list[DirectoryUser]) -> None:
    """Refuse to take away a tenant's last owner.

    An owner who has accepted must leave one behind who has accepted too; an invitation may leave an invitation behind.

    Args:
        user: who would no longer be an owner.
        owners: what `lock_owners` returned.

    Raises:
        Conflict: nobody else would be an owner.
    """
    if user.role != TenantRole.OWNER or user.status not in {UserStatus.ACTIVE, UserStatus.INVITED}:
        return
    counting = {UserStatus.ACTIVE} if user.status == UserStatus.ACTIVE else {UserStatus.ACTIVE, UserStatus.INVITED}
    if not any(owner.pk != user.pk and owner.status in counting for owner in owners):
        message = _("%(email)s is the last owner. Make somebody else an owner first.")
        raise Conflict(message % {"email": user})
