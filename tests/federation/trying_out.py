"""A test of a connection from the outside: the dashboard's part by services, the tab's by a browser."""

from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from federation.models import Connection, ConnectionTest, ConnectionTestState
from federation.services.connection_test_visits import issue_ticket
from federation.services.connection_tests import start_test
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers, users
from identity.models import AppClient, SyncedResource
from identity.sync import engine
from tenants.models import SyncKind, Tenant
from tests.federation.arrivals import HTTP
from tests.support.connections import ACTOR
from tests.support.saml_idp import SamlIdp
from tests.support.sync import PRIORITY, make_due
from tests.support.waiting import eventually

SESSION = "a-dashboard-session"
CALLBACK = "/federation/test/callback"


def begin(connection: Connection) -> ConnectionTest:
    """Begin a test, and do a worker's work for it."""
    test = start_test(connection.tenant, connection.pk, session=SESSION, actor=ACTOR)
    engine.run(SyncKind.POOL, connection.tenant.pool_id)
    work(test)
    return current(test)


def work(test: ConnectionTest) -> None:
    """Do what is owed for a test now."""
    make_due()
    engine.run(SyncKind.CONNECTION_TEST, test.pk)


def current(test: ConnectionTest) -> ConnectionTest:
    """The test as it is now."""
    return ConnectionTest.objects.select_related("connection__newest", "tenant__pool__cell").get(pk=test.pk)


def clean(test: ConnectionTest) -> ConnectionTest:
    """Do a worker's work until nothing of the test is left."""

    def is_clean() -> bool:
        work(test)
        let_listings_follow(test)
        return current(test).cleaned_at is not None

    eventually(is_clean)
    return current(test)


def let_listings_follow(test: ConnectionTest) -> None:
    """Let the time go by in which Cognito might not show yet who came before the test was closed."""
    closed = ConnectionTest.objects.filter(pk=test.pk, closed_at__isnull=False)
    closed.update(closed_at=timezone.now() - timedelta(hours=1))


class Tab(Client):
    """The tab of a test, in a browser of its own."""

    def open(self, test: ConnectionTest, *, session: str = SESSION) -> HttpResponse:
        """Follow the dashboard's link."""
        ticket = issue_ticket(current(test), session=session)
        return cast(HttpResponse, self.get(f"/federation/test/{test.pk}?ticket={ticket}"))

    def leave(self, test: ConnectionTest) -> str:
        """Follow the dashboard's link, and return where it leads."""
        response = self.open(test)
        assert response.status_code == 302, response.content
        return response["Location"]

    def travel(self, address: str) -> str:
        """Go on from Cognito until it sends the browser back to us; returns that address."""
        while urlsplit(address).path != CALLBACK:
            answer = HTTP.get(address)
            assert answer.status_code in (302, 303), answer.text
            address = answer.headers["location"]
        return address

    def answer_saml(self, address: str, idp: SamlIdp, **changes: object) -> str:
        """Go to Cognito and to a SAML provider, and carry its answer back; returns where Cognito sends the browser."""
        asked = idp.asked(HTTP.get(address).headers["location"])
        form = idp.form(idp.signed(idp.answer(asked, **changes)), asked.relay_state)
        return str(HTTP.post(asked.acs, data=form).headers["location"])

    def arrive(self, address: str) -> HttpResponse:
        """Come back to us."""
        parts = urlsplit(address)
        return cast(HttpResponse, self.get(f"{parts.path}?{parts.query}"))

    def come_back(self, address: str) -> str:
        """Come back to us, be signed out at Cognito, and return the words at the end."""
        response = self.arrive(address)
        assert response.status_code == 302, response.content
        signed_out = HTTP.get(response["Location"])
        assert urlsplit(signed_out.headers["location"]).path == "/federation/test/end"
        return self.get("/federation/test/end").content.decode()


def nothing_is_left(test: ConnectionTest) -> bool:
    """Check that neither Cognito nor we have anything of a test but its row."""
    tenant: Tenant = test.tenant
    ref = pool_ref(tenant.pool)
    assert identity_providers.describe(ref, test.provider_name, priority=PRIORITY) is None
    clients = [client.name for client in app_clients.list_clients(ref, priority=PRIORITY)]
    assert not [name for name in clients if "-test-" in name]
    assert not list(users.list_by_prefix(ref, f"{tenant.key}-", priority=PRIORITY))
    assert not AppClient.objects.filter(tenant=tenant, purpose=test.purpose).exists()
    assert not SyncedResource.objects.filter(scope=SyncKind.CONNECTION_TEST).exists()
    return True


def is_ready(test: ConnectionTest) -> bool:
    """Say whether the person may open it."""
    return current(test).state == ConnectionTestState.READY
