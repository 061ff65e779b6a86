"""Reads of a tenant's groups."""

import uuid
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from identity.models import DirectoryUser, Family, Group, GroupMember, ResourceState, SyncedResource, UserStatus
from tenants.errors import NotFound
from tenants.models import SyncKind, Tenant

# How lists are sorted: the fields of a keyset (`tenants.paging`), by the name in the URL.
GROUP_ORDER = ("name", "pk")
MEMBER_ORDER = ("user__email", "pk")


def find_groups(tenant: Tenant, text: str) -> QuerySet[Group]:
    """Return the groups of a tenant whose name or description has a text in it, each with `member_count`."""
    groups = Group.objects.filter(tenant=tenant)
    if text:
        groups = groups.filter(Q(name__icontains=text) | Q(description__icontains=text))
    there = Count("members", filter=~Q(members__user__status=UserStatus.DELETING))
    return groups.annotate(member_count=there)


def get_group(tenant: Tenant, group_id: uuid.UUID) -> Group:
    """Return one group.

    Raises:
        NotFound: the tenant has no such group.
    """
    group = Group.objects.filter(tenant=tenant, pk=group_id).first()
    if group is None:
        raise NotFound
    return group


def names_there(tenant: Tenant, names: Collection[str]) -> frozenset[str]:
    """Return those of some names that a group of a tenant has."""
    return frozenset(Group.objects.filter(tenant=tenant, name__in=names).values_list("name", flat=True))


def members_of(group: Group, text: str = "") -> QuerySet[GroupMember]:
    """Return who is in a group and has a text in their address, their name, or the name that Cognito gave them."""
    rows = GroupMember.objects.filter(group=group).exclude(user__status=UserStatus.DELETING)
    if text:
        named = Q(user__name__icontains=text) | Q(user__cognito_username__icontains=text)
        rows = rows.filter(Q(user__email__icontains=text) | named)
    return rows.select_related("user")


def count_missing(group: Group) -> int:
    """Return how many of a group's members Cognito should have and does not."""
    return members_of(group).filter(user__missing_since__isnull=False).count()


def trouble_of(group: Group) -> SyncedResource | None:
    """Return the record of the group in Cognito, or of its members there, that does not get on; None where all does."""
    records = SyncedResource.objects.filter(scope=SyncKind.TENANT, key=group.tenant_id, name=group.name)
    in_trouble = records.filter(
        family__in=(Family.GROUP, Family.GROUP_MEMBERS), state__in=(ResourceState.BLOCKED, ResourceState.FAILING)
    )
    return in_trouble.order_by("pk").first()


def groups_of_user(user: DirectoryUser) -> QuerySet[Group]:
    """Return the groups that a user is in, by name."""
    return Group.objects.filter(members__user=user).order_by("name")


def users_by_email(tenant: Tenant, emails: list[str]) -> tuple[list[DirectoryUser], list[str]]:
    """Return the users of these addresses, and the addresses that nobody has."""
    users = DirectoryUser.objects.filter(tenant=tenant, email__in=emails).exclude(status=UserStatus.DELETING)
    found = {user.email: user for user in users}
    return list(found.values()), [email for email in emails if email not in found]
