"""Who is acting: resolved once at the edge, passed by keyword to every service, and written into the audit log."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tenants.errors import PermissionDenied
from tenants.permissions import Permission
from tenants.request_context import current_request_id


class ActorKind(StrEnum):
    """What kind of actor stands behind a change."""

    ANONYMOUS = "anonymous"
    OPERATOR = "operator"
    MEMBER = "member"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, with what rights, from where.

    `tenant_id` is the one tenant whose places the actor may enter (members, and operators in a support session);
    None for operators at the fleet level. `reason` is why an operator entered a tenant. `user_agent` is what the
    browser of somebody who signs in calls itself.
    """

    kind: ActorKind
    id: str = ""
    label: str = ""
    role: str = ""
    tenant_id: UUID | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    request_id: str = ""
    ip: str | None = None
    user_agent: str = ""
    reason: str = ""

    def allows(self, permission: Permission) -> bool:
        """Say whether this actor holds `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse an actor without `permission`.

        Raises:
            PermissionDenied: naming the permission that is missing.
        """
        if not self.allows(permission):
            raise PermissionDenied(
                f"Your role does not include the permission {permission.value}. Ask an owner for it."
            )


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)


def system(name: str) -> Actor:
    """Return the actor for work that no person does, such as a sweep; with the request that it is done for, if any.

    Args:
        name: the part of Lifeguard that acts, as the audit log shows it.
    """
    return Actor(
        kind=ActorKind.SYSTEM,
        id=name,
        label=name,
        permissions=frozenset(Permission),
        request_id=current_request_id(),
    )
