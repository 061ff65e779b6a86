"""Reads of a tenant's users."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from identity.models import DirectoryUser, UserStatus
from identity.models.directory_user import NEVER
from tenants.errors import NotFound
from tenants.models import Invitation, Tenant

NO_ROLE = "none"
# What Cognito has to say about users beyond what we know ourselves (`identity.pull`).
MISSING_THERE, CREATED_THERE = "missing", "created"

_HAS_MFA = Q(has_totp=True) | ~Q(other_factors=[])

# How the list can be sorted: the fields of a keyset (see `tenants.paging`), by the name in the URL.
USER_ORDERS: dict[str, tuple[str, ...]] = {
    "email": ("email", "pk"),
    "-email": ("-email", "-pk"),
    "name": ("name_key", "pk"),
    "-name": ("-name_key", "-pk"),
    "last_sign_in": ("last_sign_in_key", "pk"),
    "-last_sign_in": ("-last_sign_in_key", "-pk"),
    "created": ("created_at", "pk"),
    "-created": ("-created_at", "-pk"),
}


@dataclass(frozen=True, kw_only=True)
class UserFilter:
    """What to look for; empty values do not narrow the list.

    Args:
        q: part of the e-mail address, the name, or the name that Cognito gave, in any case.
        status: a `UserStatus`.
        role: a `TenantRole`, or `NO_ROLE`.
        mfa: "on" for those with a second factor, "off" for those without.
        cognito: `MISSING_THERE` for those whom Cognito should have and has not, `CREATED_THERE` for those who were
            created in Cognito past us.
    """

    q: str = ""
    status: str = ""
    role: str = ""
    mfa: str = ""
    cognito: str = ""


@dataclass(frozen=True)
class UserCounts:
    """How many users a tenant has; `with_mfa` counts active ones."""

    total: int
    active: int
    invited: int
    disabled: int
    with_mfa: int

    @property
    def mfa_percent(self) -> int:
        """The share of active users with a second factor, rounded down."""
        return 100 * self.with_mfa // self.active if self.active else 0


def _users(tenant: Tenant) -> QuerySet[DirectoryUser]:
    return DirectoryUser.objects.filter(tenant=tenant).exclude(status=UserStatus.DELETING)


def get_user(tenant: Tenant, user_id: uuid.UUID) -> DirectoryUser:
    """Return one user.

    Raises:
        NotFound: no such user in this tenant, or one that is being deleted.
    """
    user = _users(tenant).select_related("tenant__policy").filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def find_users(tenant: Tenant, wanted: UserFilter) -> QuerySet[DirectoryUser]:
    """Return the users that a filter leaves, in no order yet."""
    users = _users(tenant)
    if q := wanted.q.strip():
        # Whoever was created in Cognito may have neither.
        users = users.filter(Q(email__icontains=q) | Q(name__icontains=q) | Q(cognito_username__icontains=q))
    if wanted.status:
        users = users.filter(status=wanted.status)
    if wanted.role:
        users = users.filter(role="" if wanted.role == NO_ROLE else wanted.role)
    if wanted.mfa:
        users = users.filter(_HAS_MFA if wanted.mfa == "on" else ~_HAS_MFA)
    if wanted.cognito == MISSING_THERE:
        users = users.filter(missing_since__isnull=False)
    elif wanted.cognito == CREATED_THERE:
        users = users.exclude(cognito_username="")
    return users


def ordered_users(users: QuerySet[DirectoryUser]) -> QuerySet[DirectoryUser]:
    """Return users with the annotations that `USER_ORDERS` sorts by, none of which is null."""
    return users.annotate(
        name_key=Lower("name"), last_sign_in_key=Coalesce("last_sign_in_at", Value(NEVER))
    ).select_related("tenant__policy")


def count_users(tenant: Tenant) -> UserCounts:
    """Count a tenant's users by status."""
    counts = _users(tenant).aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status=UserStatus.ACTIVE)),
        invited=Count("pk", filter=Q(status=UserStatus.INVITED)),
        disabled=Count("pk", filter=Q(status=UserStatus.DISABLED)),
        with_mfa=Count("pk", filter=Q(status=UserStatus.ACTIVE) & _HAS_MFA),
    )
    return UserCounts(**counts)


def list_team(tenant: Tenant) -> list[DirectoryUser]:
    """Return the users with a role in the dashboard, by e-mail address."""
    return list(_users(tenant).exclude(role="").select_related("tenant__policy").order_by("email"))


def latest_invitation(user: DirectoryUser) -> Invitation | None:
    """Return the newest invitation of a user."""
    return Invitation.objects.filter(tenant_id=user.tenant_id, user_id=user.pk).order_by("-created_at").first()
