"""What the groups at the identity provider give somebody who arrives, and take from them."""

from federation.connections.claims import Claims, role_from, rules_that_apply
from federation.models import Connection
from identity.models import DirectoryUser, Group, GroupMember
from identity.services.guards import require_other_owner
from tenants.actor import Actor, system
from tenants.audit_actions import Action
from tenants.errors import Conflict
from tenants.models import SyncKind
from tenants.permissions import TenantRole
from tenants.services import audit
from tenants.services.outbox import request_sync


def apply_rules(connection: Connection, user: DirectoryUser, claims: Claims, owners: list[DirectoryUser]) -> None:
    """Give what the person's groups give now, and take what they no longer give.

    Only groups that a rule names are the connection's to decide, and the role only where a rule gives one.

    Args:
        connection: by which they arrived.
        user: locked.
        claims: what the identity provider says.
        owners: the tenant's, as `lock_owners` returned them.
    """
    mapping = connection.mapping
    applying = rules_that_apply(mapping, claims)
    actor = system(f"connection {connection.name}")
    if any(rule.role for rule in mapping.rules):
        _set_role(user, role_from(applying, connection.default_role), owners, actor=actor)
    decided = {rule.group for rule in mapping.rules if rule.group}
    if not decided:
        return
    wanted = {rule.group for rule in applying if rule.group}
    for group in Group.objects.filter(tenant=user.tenant, name__in=decided).order_by("name"):
        _set_membership(group, user, is_member=group.name in wanted, actor=actor)


def _set_role(user: DirectoryUser, role: str, owners: list[DirectoryUser], *, actor: Actor) -> None:
    if role == user.role:
        return
    if user.role == TenantRole.OWNER:
        try:
            require_other_owner(user, owners)
        except Conflict:
            # A tenant is not left without an owner because of a group.
            return
    before, user.role = user.role, role
    user.save(update_fields=["role", "updated_at"])
    told = {"before": {"role": before}, "after": {"role": role}}
    audit.record(Action.USER_ROLE_SET, actor=actor, tenant=user.tenant, target=user, **told)


def _set_membership(group: Group, user: DirectoryUser, *, is_member: bool, actor: Actor) -> None:
    rows = GroupMember.objects.filter(group=group, user=user)
    if is_member == rows.exists():
        return
    if is_member:
        GroupMember.objects.create(tenant=user.tenant, group=group, user=user)
    else:
        rows.delete()
    action = Action.GROUP_MEMBERS_ADDED if is_member else Action.GROUP_MEMBERS_REMOVED
    audit.record(action, actor=actor, tenant=user.tenant, target=group, after={"users": [str(user)]})
    request_sync(SyncKind.TENANT, user.tenant_id)
