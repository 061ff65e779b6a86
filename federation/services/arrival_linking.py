"""Whom of the directory somebody is who arrives for the first time. Nowhere else is that decided."""

from dataclasses import dataclass

from django.db.models.functions import Now

from federation.connections.linking import Known, Rule, refusal, refusal_of_linked
from federation.models import Connection, FederatedIdentity
from federation.selectors.email_domains import proves_domain_of
from federation.services.arrival import EXTERNAL, Arrival, ArrivalRefused
from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import withdraw_open_invitations
from tenants.models import Invitation, SyncKind
from tenants.services.outbox import request_sync


@dataclass(frozen=True)
class Match:
    """Who it is.

    Args:
        user: the user, as they are from now on.
        because: what told it: "username" (Cognito's), "awaited" or "address".
        linked: whether they keep an account of ours in Cognito beside that of the identity provider.
    """

    user: DirectoryUser
    because: str
    linked: bool = False


def match(connection: Connection, arrival: Arrival, email: str) -> Match | None:
    """Return who of the tenant arrives; None where the directory does not know them. Must run in a transaction.

    Raises:
        ArrivalRefused: the address is somebody's who cannot be taken for the same.
    """
    return _by_name(connection, arrival) or _by_address(connection, arrival, email)


def require_still_linked(connection: Connection, identity: FederatedIdentity, user: DirectoryUser) -> None:
    """Refuse whom somebody disconnected, and who must not come by this connection any more.

    Raises:
        ArrivalRefused: so.
    """
    if identity.is_unlinked:
        raise ArrivalRefused("unlinked", "an administrator disconnected this identity from the user", user=user)
    if identity.is_linked and (code := refusal_of_linked(user.role, gives_roles=connection.gives_roles)):
        raise ArrivalRefused(code, f"the user is {user.role} here", user=user)


def _by_name(connection: Connection, arrival: Arrival) -> Match | None:
    """The user whom Cognito calls so, and whom the directory has from elsewhere.

    A sweep of the pool found them (`identity.pull`), or they came by an earlier connection to the same social provider.
    """
    rows = DirectoryUser.objects.select_for_update().filter(tenant=connection.tenant)
    user = rows.filter(cognito_username__iexact=arrival.username).first()
    return Match(user, "username") if user is not None else None


def _by_address(connection: Connection, arrival: Arrival, email: str) -> Match | None:
    """The user of this tenant who has just this address: nothing in it is left out or taken for something else."""
    rows = DirectoryUser.objects.select_for_update().filter(tenant=connection.tenant, email=email)
    user = rows.exclude(status=UserStatus.DELETING).first()
    if user is None:
        return None
    if code := refusal(_known(connection, user), _rule_of(connection, email)):
        raise ArrivalRefused(code, f"{email} is a user here ({user.get_status_display().lower()})", user=user)
    if user.status == UserStatus.ACTIVE:
        return Match(user, "address", linked=True)
    return _let_in(user, arrival)


def _let_in(user: DirectoryUser, arrival: Arrival) -> Match:
    """Make an active user of somebody who was expected. Who was made in bulk keeps the account that they have."""
    had_account = user.is_in_cognito
    withdraw_open_invitations(user)
    # Whoever vouches for the address says so, and nobody has shown it.
    changes: dict[str, object] = {"status": UserStatus.ACTIVE, "email_verified": False}
    if not had_account:
        changes |= {"cognito_username": arrival.username, "cognito_sub": arrival.cognito_sub}
        changes["cognito_status"] = EXTERNAL
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=[*changes, "updated_at"])
    if had_account:
        request_sync(SyncKind.USER, user.pk)
    return Match(user, "awaited", linked=had_account)


def _known(connection: Connection, user: DirectoryUser) -> Known:
    theirs = FederatedIdentity.objects.filter(connection=connection, user=user, unlinked_at__isnull=True)
    return Known(
        status=user.status,
        role=user.role,
        is_invited=_is_invited(user),
        is_federated=user.is_federated,
        has_proved_address=user.email_verified,
        comes_by_connection=theirs.exists(),
    )


def _is_invited(user: DirectoryUser) -> bool:
    mine = Invitation.objects.filter(tenant=user.tenant_id, user_id=user.pk)
    is_open = mine.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now()).exists()
    return is_open and not mine.filter(claimed_until__gt=Now()).exists()


def _rule_of(connection: Connection, email: str) -> Rule:
    return Rule(
        jit=connection.jit,
        linking=connection.linking,
        gives_roles=connection.gives_roles,
        domain_is_proved=proves_domain_of(connection.tenant, email),
    )
