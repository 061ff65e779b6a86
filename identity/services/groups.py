"""Making groups, and putting users into them."""

import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from identity.models import DirectoryUser, Group, GroupMember, UserStatus
from identity.models.group import group_name_validator
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import SyncKind, Tenant
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.text import clean_line

# A user can be in so many groups in Cognito (developer guide, "Quotas in Amazon Cognito"), and a pool have 10,000.
MOST_GROUPS_OF_A_USER = 100
MOST_GROUPS = 10_000
LONGEST_DESCRIPTION = 200


@transaction.atomic
def create_group(tenant: Tenant, *, name: str, description: str, actor: Actor) -> Group:
    """Make a group without members.

    Raises:
        ValidationFailed: the name cannot be used, is one of Cognito's, or the tenant has a group of that name.
        Conflict: the tenant has as many groups as Cognito lets a pool have.
    """
    if Group.objects.filter(tenant=tenant).count() >= MOST_GROUPS:
        raise Conflict(_("There can be %(most)d groups. Delete one that nobody needs.") % {"most": MOST_GROUPS})
    if tenant.pool.is_provisioned and name.startswith(f"{tenant.pool.cognito_id}_"):
        message = _("Cognito gives such names to the groups that it makes by itself. Choose another.")
        raise ValidationFailed(message, fields={"name": message})
    group = Group(tenant=tenant)
    _apply(group, name, description)
    audit.record(Action.GROUP_CREATED, actor=actor, tenant=tenant, target=group, after=_facts(group))
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return group


@transaction.atomic
def update_group(tenant: Tenant, group_id: uuid.UUID, *, description: str, actor: Actor) -> Group:
    """Describe a group otherwise. Its name stays: applications go by it, and Cognito cannot change it.

    Raises:
        NotFound: the tenant has no such group.
        ValidationFailed: the description cannot be used.
    """
    group = _lock(tenant, group_id)
    before = _facts(group)
    _apply(group, group.name, description)
    if _facts(group) != before:
        audit.record(Action.GROUP_UPDATED, actor=actor, tenant=tenant, target=group, before=before, after=_facts(group))
        request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return group


@transaction.atomic
def delete_group(tenant: Tenant, group_id: uuid.UUID, *, confirm_name: str, actor: Actor) -> None:
    """Delete a group; its members stay users.

    Raises:
        NotFound: the tenant has no such group.
        ValidationFailed: the name that was typed is another.
    """
    group = _lock(tenant, group_id)
    if confirm_name.strip() != group.name:
        message = _("This is not the name of the group.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    before = {**_facts(group), "members": GroupMember.objects.filter(group=group).count()}
    audit.record(Action.GROUP_DELETED, actor=actor, tenant=tenant, target=group, before=before)
    group.delete()
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)


@transaction.atomic
def add_members(tenant: Tenant, group_id: uuid.UUID, user_ids: Collection[uuid.UUID], *, actor: Actor) -> int:
    """Put users into a group; who is in it already stays. Returns how many came to it.

    Raises:
        NotFound: the tenant has no such group, or not all of these users.
        Conflict: one of them is in as many groups as Cognito allows.
    """
    group = _lock(tenant, group_id)
    users = _users(tenant, user_ids)
    there = set(GroupMember.objects.filter(group=group, user__in=users).values_list("user_id", flat=True))
    coming = [user for user in users if user.pk not in there]
    for user in coming:
        if GroupMember.objects.filter(tenant=tenant, user=user).count() >= MOST_GROUPS_OF_A_USER:
            message = _("%(user)s is in %(most)d groups already, which is as many as Cognito allows.")
            raise Conflict(message % {"user": user, "most": MOST_GROUPS_OF_A_USER})
    GroupMember.objects.bulk_create([GroupMember(tenant=tenant, group=group, user=user) for user in coming])
    _note(tenant, group, Action.GROUP_MEMBERS_ADDED, coming, actor=actor)
    return len(coming)


@transaction.atomic
def remove_members(tenant: Tenant, group_id: uuid.UUID, user_ids: Collection[uuid.UUID], *, actor: Actor) -> int:
    """Take users out of a group; returns how many were in it.

    Raises:
        NotFound: the tenant has no such group, or not all of these users.
    """
    group = _lock(tenant, group_id)
    rows = GroupMember.objects.filter(group=group, user__in=_users(tenant, user_ids)).select_related("user")
    going = [row.user for row in rows]
    rows.delete()
    _note(tenant, group, Action.GROUP_MEMBERS_REMOVED, going, actor=actor)
    return len(going)


def request_groups_of(user: DirectoryUser) -> None:
    """Owe a sync of the groups of a user whom Cognito has from now on, or has no more.

    Runs in the transaction that learns it.
    """
    if GroupMember.objects.filter(user=user).exists():
        request_sync(SyncKind.TENANT, user.tenant_id)


def _lock(tenant: Tenant, group_id: uuid.UUID) -> Group:
    group = Group.objects.select_for_update().filter(tenant=tenant, pk=group_id).first()
    if group is None:
        raise NotFound
    return group


def _users(tenant: Tenant, user_ids: Collection[uuid.UUID]) -> list[DirectoryUser]:
    rows = DirectoryUser.objects.filter(tenant=tenant, pk__in=user_ids).exclude(status=UserStatus.DELETING)
    users = list(rows.order_by("email"))
    if len(users) != len(set(user_ids)):
        raise NotFound
    return users


def _apply(group: Group, name: str, description: str) -> None:
    try:
        group_name_validator(name)
    except ValidationError as error:
        raise ValidationFailed(error.messages[0], fields={"name": error.messages[0]}) from error
    group.name = name
    described = bool(description.strip())
    group.description = clean_line(description, field="description", longest=LONGEST_DESCRIPTION) if described else ""
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        message = _("There is a group of this name.")
        raise ValidationFailed(message, fields={"name": message}) from error


def _note(tenant: Tenant, group: Group, action: Action, users: Collection[DirectoryUser], *, actor: Actor) -> None:
    if users:
        who = {"users": [str(user) for user in users]}
        audit.record(action, actor=actor, tenant=tenant, target=group, after=who)
        request_sync(SyncKind.TENANT, tenant.pk, actor=actor)


def _facts(group: Group) -> dict[str, object]:
    return {"name": group.name, "description": group.description}
