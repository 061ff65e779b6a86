"""Somebody whom an identity provider vouches for: who they are here, whether they may come in, and what they get."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from federation.connections.claims import Claims
from federation.models import Connection, FederatedIdentity, JitMode
from federation.services.arrival import EXTERNAL, Arrival, ArrivalRefused
from federation.services.arrival_linking import Match, match, require_still_linked
from federation.services.arrival_rules import apply_rules
from federation.services.link_notices import tell_soon
from identity.actors import as_user
from identity.models import DirectoryUser, UserStatus
from identity.services.guards import lock_owners
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.services import audit
from tenants.text import LONGEST_NAME, clean_email

__all__ = ["Arrival", "ArrivalRefused", "receive"]


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
    # Owners first, as everybody does who may change roles (`identity.services.guards.lock_owners`). Of one tenant's
    # people one arrives at a time, so that two connections do not decide over one address at once.
    owners = lock_owners(connection.tenant)
    identity = _identity(connection, arrival)
    if identity is None:
        identity = _first_time(connection, arrival, visitor=visitor)
    user = DirectoryUser.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=identity.user_id)
    if user.status != UserStatus.ACTIVE:
        raise ArrivalRefused("disabled", f"the user is {user.get_status_display().lower()}", user=user)
    require_still_linked(connection, identity, user)
    if not identity.is_linked:
        _take_over(user, arrival)
    apply_rules(connection, user, arrival.claims, owners)
    _remember(identity, arrival)
    return user


def _identity(connection: Connection, arrival: Arrival) -> FederatedIdentity | None:
    return FederatedIdentity.objects.filter(
        tenant=connection.tenant, connection=connection, subject=arrival.subject
    ).first()


def _remember(identity: FederatedIdentity, arrival: Arrival) -> None:
    identity.last_seen_at, identity.claims = timezone.now(), arrival.claims.to_json()
    # Whoever was deleted in Cognito is there again, as somebody new to it.
    identity.cognito_username, identity.cognito_sub = arrival.username, arrival.cognito_sub
    identity.save(update_fields=["last_seen_at", "claims", "cognito_username", "cognito_sub"])


def _first_time(connection: Connection, arrival: Arrival, *, visitor: Actor) -> FederatedIdentity:
    """Say who somebody is whom nobody saw before.

    Raises:
        ArrivalRefused: nobody new is let in, or they cannot be told from somebody else.
    """
    email = _address(arrival.claims)
    found, action = match(connection, arrival, email), Action.USER_LINKED
    if found is None:
        if connection.jit != JitMode.ON:
            raise ArrivalRefused("not_invited", "nobody new is let in without an invitation")
        found, action = Match(_make(connection, arrival, email), "new"), Action.USER_ARRIVED
    identity = FederatedIdentity.objects.create(
        tenant=connection.tenant,
        connection=connection,
        subject=arrival.subject,
        user=found.user,
        linked_at=timezone.now() if found.linked else None,
        notice_owed=found.linked,
    )
    _record(action, identity, found, email, visitor=visitor)
    if found.linked:
        tell_soon(identity)
    return identity


def _record(action: Action, identity: FederatedIdentity, found: Match, email: str, *, visitor: Actor) -> None:
    connection = identity.connection
    after: dict[str, object] = {"connection": connection.name, "subject": identity.subject, "email": email}
    if action is Action.USER_LINKED:
        after |= {"because": found.because, "keeps_account": found.linked}
        if found.because == "address":
            after["rule"] = connection.linking
    actor = as_user(visitor, found.user)
    audit.record(action, actor=actor, tenant=identity.tenant, target=found.user, after=after)


def _address(claims: Claims) -> str:
    if not claims.email:
        raise ArrivalRefused("no_email", "no e-mail address came")
    try:
        return clean_email(claims.email)
    except ValidationFailed as error:
        raise ArrivalRefused("no_email", f"{claims.email} is no e-mail address") from error


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
    """Keep what the identity provider says now of somebody who has no account but its own.

    An address that another user has here stays theirs. Of a linked user nothing is taken over: name and address are
    their own, and an address decides where a forgotten password's mail goes.
    """
    claims = arrival.claims
    changes: dict[str, object] = {"cognito_sub": arrival.cognito_sub, "missing_since": None}
    if name := _usable_name(claims):
        changes["name"] = name
    email = _address(claims) if claims.email else user.email
    taken = DirectoryUser.objects.filter(tenant=user.tenant, email=email).exclude(status=UserStatus.DELETING)
    if email != user.email and not taken.exclude(pk=user.pk).exists():
        changes |= {"email": email, "email_verified": False}
    differing = {field: value for field, value in changes.items() if getattr(user, field) != value}
    for field, value in differing.items():
        setattr(user, field, value)
    if differing:
        user.save(update_fields=[*differing, "updated_at"])
