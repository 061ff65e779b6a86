"""People who arrive, without a browser and Cognito in between: what an identity provider says, and who it is here."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from federation.connections.claims import Claims
from federation.models import Connection, DomainStatus, EmailDomain, FederatedIdentity
from federation.services.arrivals import Arrival, ArrivalRefused, receive
from federation.services.connection_mapping import Arrivals, set_arrivals
from identity.models import DirectoryUser
from tenants.actor import Actor, system
from tenants.models import Tenant
from tests.support.connections import ACTOR

ADDRESS = "ada@acme.example"
VISITOR: Actor = system("visitor")


def prove(tenant: Tenant, name: str = "acme.example", status: DomainStatus = DomainStatus.PROVED) -> EmailDomain:
    """Give a tenant a claim to a domain."""
    now = timezone.now()
    return EmailDomain.objects.create(
        tenant=tenant, name=name, token=f"token of {tenant.slug}", status=status, since=now, next_check_at=now
    )


def rule(connection: Connection, linking: str, *, jit: str = "on", actor: Actor = ACTOR) -> Connection:
    """Set who is connected."""
    return set_arrivals(connection.tenant, connection.pk, Arrivals(jit=jit, linking=linking), actor=actor)


def arrival(connection: Connection, subject: str = "u-1", *, email: str = ADDRESS, name: str = "") -> Arrival:
    """What Cognito says of somebody who comes by a connection."""
    username = f"{connection.provider_name}_{subject}"
    return Arrival(subject, username, f"sub of {username}", Claims(email=email, name=name))


def arrive(connection: Connection, subject: str = "u-1", *, email: str = ADDRESS, name: str = "") -> DirectoryUser:
    """Let somebody come in."""
    now = fresh(connection)
    return receive(now, arrival(now, subject, email=email, name=name), visitor=VISITOR)


def fresh(connection: Connection) -> Connection:
    """The connection as it is now."""
    return Connection.objects.select_related("newest", "tenant").get(pk=connection.pk)


def identity_of(connection: Connection, subject: str = "u-1") -> FederatedIdentity:
    """Who somebody is to a connection."""
    return FederatedIdentity.objects.get(connection=connection, subject=subject)


def refused(arriving: Callable[[], object]) -> str:
    """Return why somebody is not let in; nothing of it is kept."""
    before = FederatedIdentity.objects.count(), DirectoryUser.objects.count()
    with pytest.raises(ArrivalRefused) as caught:
        arriving()
    assert (FederatedIdentity.objects.count(), DirectoryUser.objects.count()) == before
    return caught.value.code


def change(user: DirectoryUser, **values: object) -> None:
    """Write a user's row."""
    DirectoryUser.objects.filter(pk=user.pk).update(**values)
