"""People who arrive at the same moment, and those from whom a connection is taken away."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection as database
from django.db import transaction

from federation.models import Connection, FederatedIdentity
from federation.services.arrivals import ArrivalRefused
from federation.services.unlinking import allow_again, disconnect_user
from identity.models import DirectoryUser
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, PermissionDenied
from tenants.models import AuditEvent
from tests.factories import TenantCast, actor_of, make_tenant_cast
from tests.federation.linking import ADDRESS, arrive, change, refused, rule
from tests.support.connections import ACTOR, oidc_connection


def test_two_connections_at_once_are_one_user(people: TenantCast, connection: Connection, ada: DirectoryUser) -> None:
    """Each by its own rule; and of one connection, one subject of two."""
    other = rule(oidc_connection(people.tenant), "people")
    found = together(lambda: arrive(connection), lambda: arrive(other), lambda: arrive(connection, "u-2"))
    assert [each for each in found if not isinstance(each, ArrivalRefused)] == [ada, ada]
    assert [each.code for each in found if isinstance(each, ArrivalRefused)] == ["other_subject"]
    assert DirectoryUser.objects.filter(tenant=people.tenant, email=ADDRESS).count() == 1
    assert set(FederatedIdentity.objects.values_list("connection", flat=True)) == {connection.pk, other.pk}


def test_two_connections_make_nobody_twice(people: TenantCast, connection: Connection) -> None:
    """Whom nobody knows is whoever comes first; the other one has not shown that the address is theirs."""
    other = rule(oidc_connection(people.tenant), "people")
    found = together(lambda: arrive(connection), lambda: arrive(other))
    assert [each.code for each in found if isinstance(each, ArrivalRefused)] == ["other_connection"]
    assert DirectoryUser.objects.filter(tenant=people.tenant, email=ADDRESS).count() == 1


def together(*work: Callable[[], DirectoryUser]) -> list[DirectoryUser | ArrivalRefused]:
    """Run several at the same moment, each with a connection of its own to the database."""
    start = Barrier(len(work))

    def run(one: Callable[[], DirectoryUser]) -> DirectoryUser | ArrivalRefused:
        start.wait()
        try:
            return one()
        except ArrivalRefused as error:
            return error
        finally:
            database.close()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(run, work))


def test_who_is_disconnected_stays_so_until_somebody_says_otherwise(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """Also where the rule would connect them again; the two are in the log."""
    admin = actor_of(people.admin)
    arrive(connection)
    disconnect_user(people.tenant, ada.pk, connection.pk, actor=admin)
    assert refused(lambda: arrive(connection)) == "unlinked"
    with pytest.raises(NotFound):
        disconnect_user(people.tenant, ada.pk, connection.pk, actor=admin)
    allow_again(people.tenant, ada.pk, connection.pk, actor=admin)
    with pytest.raises(NotFound):
        allow_again(people.tenant, ada.pk, connection.pk, actor=admin)
    assert arrive(connection).pk == ada.pk
    told = AuditEvent.objects.filter(target_id=str(ada.pk)).order_by("sequence").values_list("action", flat=True)
    assert list(told) == [Action.USER_LINKED, Action.USER_UNLINKED, Action.USER_LINK_ALLOWED, Action.USER_LINKED]


def test_after_a_take_over_the_right_one_is_connected(connection: Connection, ada: DirectoryUser) -> None:
    """Whoever was disconnected stays out, and the person themselves has another subject."""
    arrive(connection, "eve")
    disconnect_user(connection.tenant, ada.pk, connection.pk, actor=ACTOR)
    assert arrive(connection, "ada").pk == ada.pk
    assert refused(lambda: arrive(connection, "eve")) == "unlinked"


def test_who_may_disconnect_whom(people: TenantCast, connection: Connection, ada: DirectoryUser) -> None:
    """Nobody's only way in is taken, no neighbour's, and nobody's with a role but by an owner."""
    stranger = arrive(connection, "u-9", email="new@acme.example")
    with pytest.raises(Conflict):
        disconnect_user(people.tenant, stranger.pk, connection.pk, actor=actor_of(people.admin))
    neighbour = make_tenant_cast("hooli", pool=people.tenant.pool)
    arrive(connection)
    for taking in (disconnect_user, allow_again):
        with pytest.raises(NotFound):
            taking(neighbour.tenant, ada.pk, connection.pk, actor=actor_of(neighbour.owner))
        with pytest.raises(NotFound):
            taking(neighbour.tenant, neighbour.outsider.pk, connection.pk, actor=actor_of(neighbour.owner))
    change(ada, role="auditor")
    with pytest.raises(PermissionDenied):
        disconnect_user(people.tenant, ada.pk, connection.pk, actor=actor_of(people.admin))
    disconnect_user(people.tenant, ada.pk, connection.pk, actor=actor_of(people.owner))
    ada.refresh_from_db()
    assert ada.signed_out_at is not None


def test_an_arrival_and_a_disconnection_at_once(people: TenantCast, connection: Connection, ada: DirectoryUser) -> None:
    """Whoever waits for the other sees what it did: nobody comes in by what is being taken away."""
    arrive(connection)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            disconnect_user(people.tenant, ada.pk, connection.pk, actor=ACTOR)
            waiting = threads.submit(together, lambda: arrive(connection))
        (came,) = waiting.result()
    assert isinstance(came, ArrivalRefused)
    assert came.code == "unlinked"
