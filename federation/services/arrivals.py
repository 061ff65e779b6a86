"""Somebody whom an identity provider vouches for: who they are here, whether they may come in, and what they get."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from federation.connections.claims import Claims, role_from, rules_that_apply
from federation.models import Connection, FederatedIdentity, JitMode
from identity.actors import as_user
from identity.models import DirectoryUser, Group, GroupMember, UserStatus
from identity.services.guards import lock_owners, require_other_owner
from identity.services.invitations import withdraw_open_invitations
from tenants.actor import Actor, system
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Invitation, SyncKind
from tenants.permissions import TenantRole
from tenants.services import audit
from tenants.services.audit import Action
from tenants.services.outbox import request_sync
from tenants.text import LONGEST_NAME, clean_email

EXTERNAL = "EXTERNAL_PROVIDER"


class ArrivalRefused(Exception):
    """The person is who they are, and may not come in; `code` is one of `federation.connections.failures`."""

    def __init__(self, code: str, detail: str = "", *, user: DirectoryUser | None = None) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.user = user


@dataclass(frozen=True)
class Arrival:
    """What Cognito's verified tokens say.

    Args:
        subject: who they are to the identity provider (`FederatedIdentity`).
        username: Cognito's.
        cognito_sub: Cognito's own id of them.
        claims: what the identity provider says of them.
    """

    subject: str
    username: str
    cognito_sub: str
    claims: Claims


def receive(connection: Connection, arrival: Arrival, *, visitor: Actor) -> DirectoryUser:
    """Return the user who came in, made or changed as the connection says. What it changes is one transaction.

    Raises:
        ArrivalRefused: they may not come in.
    """
    try:
        return _receive(connection, arrival, visitor=visitor)
    except IntegrityError:
        # They came twice at once, and the other one has made them.
        return _receive(connection, arrival, visitor=visitor)


@transaction.atomic
def _receive(connection: Connection, arrival: Arrival, *, visitor: Actor) -> DirectoryUser:
    # Owners first, as everybody does who may change roles (`identity.services.guards.lock_owners`).
    owners = lock_owners(connection.tenant)
    identity = _identity(connection, arrival)
    if identity is None:
        identity = _first_time(connection, arrival, visitor=visitor)
    user = DirectoryUser.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=identity.user_id)
    if user.status != UserStatus.ACTIVE:
        raise ArrivalRefused("disabled", f"the user is {user.get_status_display().lower()}", user=user)
    _take_over(user, arrival)
    _apply_rules(connection, user, arrival.claims, owners)
    identity.last_seen_at, identity.claims = timezone.now(), arrival.claims.to_json()
    identity.save(update_fields=["last_seen_at", "claims"])
    return user


def _identity(connection: Connection, arrival: Arrival) -> FederatedIdentity | None:
    return FederatedIdentity.objects.filter(
        tenant=connection.tenant, connection=connection, subject=arrival.subject
    ).first()


def _first_time(connection: Connection, arrival: Arrival, *, visitor: Actor) -> FederatedIdentity:
    """Say who somebody is whom nobody saw before.

    Raises:
        ArrivalRefused: nobody new is let in, or they cannot be told from somebody else.
    """
    email = _address(arrival.claims)
    user = _known_by_name(connection, arrival) or _known_by_address(connection, arrival, email)
    action = Action.USER_LINKED
    if user is None:
        if connection.jit != JitMode.ON:
            raise ArrivalRefused("not_invited", "nobody new is let in without an invitation")
        user, action = _make(connection, arrival, email), Action.USER_ARRIVED
    identity = FederatedIdentity.objects.create(
        tenant=connection.tenant, connection=connection, subject=arrival.subject, user=user
    )
    after = {"connection": connection.name, "subject": arrival.subject, "email": email}
    audit.record(action, actor=as_user(visitor, user), tenant=connection.tenant, target=user, after=after)
    return identity


def _address(claims: Claims) -> str:
    if not claims.email:
        raise ArrivalRefused("no_email", "no e-mail address came")
    try:
        return clean_email(claims.email)
    except ValidationFailed as error:
        raise ArrivalRefused("no_email", f"{claims.email} is no e-mail address") from error


def _known_by_name(connection: Connection, arrival: Arrival) -> DirectoryUser | None:
    """Return the user whom Cognito calls so, and whom the directory has from elsewhere.

    A sweep of the pool found them (`identity.pull`), or they came by an earlier connection to the same social provider.
    """
    rows = DirectoryUser.objects.select_for_update().filter(tenant=connection.tenant)
    return rows.filter(cognito_username__iexact=arrival.username).first()


def _known_by_address(connection: Connection, arrival: Arrival, email: str) -> DirectoryUser | None:
    """Return the user of this tenant whom somebody new may be, by their address; None where nobody has it.

    This is the one place that decides it. An identity provider can say any address, which proves nothing by itself:
    whoever was only invited comes in by it, and nobody else is ever taken over. Whether somebody of a domain that the
    tenant has proved may be linked is for this place to ask, too.

    Raises:
        ArrivalRefused: somebody else has the address, who signs in otherwise.
    """
    rows = DirectoryUser.objects.select_for_update().filter(tenant=connection.tenant, email=email)
    user = rows.exclude(status=UserStatus.DELETING).first()
    if user is None:
        return None
    if connection.jit == JitMode.OFF or not _awaits_anybody(user):
        raise ArrivalRefused("email_taken", "a user with this address signs in otherwise", user=user)
    withdraw_open_invitations(user)
    user.status, user.cognito_username, user.cognito_sub = UserStatus.ACTIVE, arrival.username, arrival.cognito_sub
    user.cognito_status, user.email_verified = EXTERNAL, False
    user.save(
        update_fields=["status", "cognito_username", "cognito_sub", "cognito_status", "email_verified", "updated_at"]
    )
    return user


def _awaits_anybody(user: DirectoryUser) -> bool:
    """Say whether a user is only invited: not in Cognito, and not coming there at this moment.

    Who is to be an owner has to show that the mail reaches them: otherwise an administrator who sets a connection up
    could make themselves one.
    """
    if user.status != UserStatus.INVITED or user.is_in_cognito or user.role == TenantRole.OWNER:
        return False
    mine = Invitation.objects.filter(tenant=user.tenant_id, user_id=user.pk)
    is_invited = mine.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now()).exists()
    return is_invited and not mine.filter(claimed_until__gt=Now()).exists()


def _make(connection: Connection, arrival: Arrival, email: str) -> DirectoryUser:
    return DirectoryUser.objects.create(
        tenant=connection.tenant,
        email=email,
        # Whoever vouches for them says so, and nobody has shown it.
        email_verified=False,
        name=_usable_name(arrival.claims),
        role=connection.default_role,
        status=UserStatus.ACTIVE,
        cognito_username=arrival.username,
        cognito_sub=arrival.cognito_sub,
        cognito_status=EXTERNAL,
    )


def _usable_name(claims: Claims) -> str:
    return claims.name[:LONGEST_NAME].strip() if claims.name.isprintable() else ""


def _take_over(user: DirectoryUser, arrival: Arrival) -> None:
    """Keep what the identity provider says now; an address that another user has here stays theirs."""
    claims = arrival.claims
    changes: dict[str, object] = {"cognito_sub": arrival.cognito_sub, "missing_since": None}
    if name := _usable_name(claims):
        changes["name"] = name
    taken = DirectoryUser.objects.filter(tenant=user.tenant, email=claims.email).exclude(status=UserStatus.DELETING)
    if claims.email and claims.email != user.email and not taken.exclude(pk=user.pk).exists():
        changes |= {"email": _address(claims), "email_verified": False}
    differing = {field: value for field, value in changes.items() if getattr(user, field) != value}
    for field, value in differing.items():
        setattr(user, field, value)
    if differing:
        user.save(update_fields=[*differing, "updated_at"])


def _apply_rules(connection: Connection, user: DirectoryUser, claims: Claims, owners: list[DirectoryUser]) -> None:
    """Give what the person's groups give now, and take what they no longer give.

    Only groups that a rule names are the connection's to decide, and the role only where a rule gives one.
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
