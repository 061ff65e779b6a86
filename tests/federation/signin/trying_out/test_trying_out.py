"""Tests of connections, against the local Cognito and real providers: what they show, and that nothing stays."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from federation.connections.mapping import GroupRule, Mapping
from federation.connections.test_report import Report
from federation.models import (
    BrowserSession,
    Connection,
    ConnectionStatus,
    ConnectionTest,
    ConnectionTestState,
    FederatedIdentity,
)
from federation.services import connection_tests
from federation.services.connection_states import activate, delete_connection
from federation.services.connection_tests import sweep_tests
from federation.services.connections import save_mapping
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers, users
from identity.models import AppClient, DirectoryUser, GroupMember, UnmanagedResource
from identity.services.groups import create_group
from identity.sync import engine
from identity.sync.inventory import take
from tenants.audit_actions import Action
from tenants.errors import Conflict
from tenants.models import ApplicationRole, AuditEvent, OutboxEntry, SyncKind, Tenant, TenantApplication
from tenants.permissions import TenantRole
from tests.factories import ApplicationFactory
from tests.federation.arrivals import HTTP, other_claims
from tests.federation.trying_out import Tab, begin, clean, current, nothing_is_left, work
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, with_rules
from tests.support.oidc_idp import OidcIdp
from tests.support.saml_idp import SamlIdp
from tests.support.sync import PRIORITY, let_leases_expire
from tests.support.waiting import eventually

pytestmark = pytest.mark.urls("config.urls.signin")


def status_of(connection: Connection) -> str:
    return Connection.objects.get(pk=connection.pk).status


def nobody_came_in(tenant: Tenant) -> bool:
    """Nothing of a test is a user, a session, or a person whom we know."""
    assert not DirectoryUser.objects.filter(tenant=tenant).exists()
    assert not FederatedIdentity.objects.exists()
    return not BrowserSession.objects.exists()


def test_what_cognito_has_of_a_test(connection: Connection, tenant: Tenant) -> None:
    """A provider without identifiers, listed by one client that lists nothing else; nothing for the sign-in page."""
    test = begin(connection)
    assert test.state == ConnectionTestState.READY
    provider = identity_providers.describe(pool_ref(tenant.pool), test.provider_name, priority=PRIORITY)
    assert provider is not None
    assert provider.name.startswith(f"{tenant.key}-test-")
    assert provider.identifiers == ()
    row = AppClient.objects.get(tenant=tenant, purpose=test.purpose)
    document = app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY).document
    assert document["SupportedIdentityProviders"] == [test.provider_name]
    assert document["CallbackURLs"][0].endswith("/federation/test/callback")
    assert not AppClient.objects.filter(tenant=tenant, purpose=AppClient.FEDERATED).exists()
    assert status_of(connection) == ConnectionStatus.DRAFT
    take(tenant.pool)
    assert not UnmanagedResource.objects.exists()


def test_passing(connection: Connection, tenant: Tenant, idp: OidcIdp) -> None:
    """It shows who would come in and as what, and makes the draft a tested connection; nobody does come in."""
    create_group(tenant, name="Engineers", description="", actor=ACTOR)
    connection = with_rules(connection, GroupRule("IT", group="Engineers", role=TenantRole.AUDITOR))
    connection.tenant = tenant
    harbor, ledger = (ApplicationFactory.create(name=name) for name in ("Harbor", "Ledger"))
    for application in (harbor, ledger):
        TenantApplication.objects.create(tenant=tenant, application=application)
    ApplicationRole.objects.create(application=harbor, name="editor", group_names=["Engineers"])
    ApplicationRole.objects.create(application=harbor, name="closer", tenant_roles=["owner"])
    test, tab = begin(connection), Tab()
    words = tab.come_back(tab.travel(tab.leave(test)))
    assert "Nobody was signed in" in words
    test = current(test)
    assert (test.state, test.code) == (ConnectionTestState.PASSED, "")
    report = Report.from_json(test.report)
    assert (report.status, report.email, report.name) == ("new", "ada@acme.example", "Ada Lovelace")
    assert (report.role, report.groups, report.claimed_groups) == ("auditor", ("Engineers",), ("IT",))
    assert report.attributes["email"] == "ada@acme.example"
    assert (report.token["roles"], report.token["groups"]) == (["auditor"], ["Engineers"])
    assert report.token["org_slug"] == tenant.slug
    # By the catalogue where there is one, and by the role in the tenant where there is none.
    assert report.applications == {"Harbor": ["editor"], "Ledger": ["auditor"]}
    assert nobody_came_in(tenant)
    assert not GroupMember.objects.exists()
    assert not [name for name in tab.cookies if "sso" in name]
    assert status_of(connection) == ConnectionStatus.TESTED
    last = AuditEvent.objects.filter(tenant=tenant).order_by("-sequence")[0]
    assert (last.action, last.actor_label) == (Action.CONNECTION_TESTED, ACTOR.label)
    clean(test)
    assert nothing_is_left(test)
    assert activate(tenant, connection.pk, actor=ACTOR).status == ConnectionStatus.ACTIVE


def test_the_app_client_stays_until_the_browser_is_signed_out(connection: Connection) -> None:
    """A worker is often faster than a browser far away, which Cognito would show an error in place of our words."""
    test, tab = begin(connection), Tab()
    address = tab.arrive(tab.travel(tab.leave(test)))["Location"]
    assert current(test).state == ConnectionTestState.PASSED
    work(test)
    assert current(test).closed_at is None
    # Nobody else's end is its end.
    Tab().get("/federation/test/end")
    work(test)
    assert urlsplit(HTTP.get(address).headers["location"]).path == "/federation/test/end"
    tab.get("/federation/test/end")
    clean(test)
    assert nothing_is_left(test)


def test_a_browser_that_never_comes_to_the_end_is_not_waited_for_any_longer(connection: Connection) -> None:
    test, tab = begin(connection), Tab()
    tab.arrive(tab.travel(tab.leave(test)))
    work(test)
    assert current(test).closed_at is None
    ConnectionTest.objects.update(signs_out_until=timezone.now())
    clean(test)
    assert nothing_is_left(test)


def test_what_was_sent(connection: Connection, saml_draft: Connection, idp: OidcIdp) -> None:
    """Ours to Cognito, and Cognito's to the provider; nothing in it is good for anything afterwards."""
    test, tab = begin(connection), Tab()
    tab.leave(test)
    sent = current(test).sent
    assert sent["ours"]["parameters"]["identity_provider"] == test.provider_name
    assert sent["ours"]["parameters"]["state"] == "…"
    assert sent["theirs"]["address"] == f"{idp.issuer}/authorize"
    connection_tests.cancel_test(current(test))
    clean(test)
    saml_test = begin(saml_draft)
    assert ":AuthnRequest " in current(saml_test).sent["theirs"]["document"]


def test_a_wrong_audience_and_its_repair(saml_draft: Connection, saml: SamlIdp, tenant: Tenant) -> None:
    """The error is kept word by word; the next test, repaired, passes."""
    test, tab = begin(saml_draft), Tab()
    tab.come_back(tab.answer_saml(tab.leave(test), saml, audience="urn:somebody:else"))
    test = current(test)
    assert (test.state, test.code) == (ConnectionTestState.FAILED, "refused")
    assert "udience" in test.detail
    assert status_of(saml_draft) == ConnectionStatus.DRAFT
    event = AuditEvent.objects.filter(tenant=tenant, action=Action.CONNECTION_TEST_FAILED).get()
    assert event.after["detail"] == test.detail
    with pytest.raises(Conflict, match="cleaned up"):
        begin(saml_draft)
    clean(test)
    again = begin(saml_draft)
    said = {"email": ["ada@acme.example"], "name": ["Ada"], "groups": ["Staff"]}
    tab.come_back(tab.answer_saml(tab.leave(again), saml, attributes=said))
    assert current(again).state == ConnectionTestState.PASSED
    assert status_of(saml_draft) == ConnectionStatus.TESTED
    clean(again)
    assert nothing_is_left(again)
    assert nobody_came_in(tenant)


def test_a_person_who_is_not_assigned(connection: Connection, idp: OidcIdp) -> None:
    """The provider's own words come back."""
    idp.does.refusal = "access_denied"
    test, tab = begin(connection), Tab()
    tab.come_back(tab.travel(tab.leave(test)))
    test = current(test)
    assert test.state == ConnectionTestState.FAILED
    assert "access_denied" in test.detail


def test_without_an_address_it_fails(connection: Connection, idp: OidcIdp) -> None:
    """Since nobody could come in; what did come is shown."""
    other_claims(idp, email=None)
    test, tab = begin(connection), Tab()
    tab.come_back(tab.travel(tab.leave(test)))
    test = current(test)
    assert (test.state, test.code) == (ConnectionTestState.FAILED, "no_email")
    assert Report.from_json(test.report).attributes["name"] == "Ada Lovelace"


def test_somebody_who_would_be_refused_passes_it(connection: Connection, tenant: Tenant) -> None:
    """The connection works; who is let in is another matter, and is shown."""
    Connection.objects.filter(pk=connection.pk).update(jit="invited")
    test, tab = begin(connection), Tab()
    tab.come_back(tab.travel(tab.leave(test)))
    report = Report.from_json(current(test).report)
    assert (report.status, report.reason, report.email) == ("refused", "not_invited", "ada@acme.example")
    assert status_of(connection) == ConnectionStatus.TESTED


def test_what_was_changed_meanwhile_is_not_tested(connection: Connection, tenant: Tenant) -> None:
    """The test goes on with its own version, and says nothing of the newer one."""
    test, tab = begin(connection), Tab()
    save_mapping(tenant, connection.pk, Mapping(email="mail"), change="Other", actor=ACTOR)
    tab.come_back(tab.travel(tab.leave(test)))
    assert current(test).state == ConnectionTestState.PASSED
    assert status_of(connection) == ConnectionStatus.DRAFT


def test_abandoned(connection: Connection, tenant: Tenant) -> None:
    """Whoever does not come back leaves nothing behind, though Cognito had made a user of them."""
    test, tab = begin(connection), Tab()
    address = tab.travel(tab.leave(test))
    assert list(users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}-test-", priority=PRIORITY))
    ConnectionTest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tab.arrive(address).status_code == 404
    sweep_tests()
    assert (current(test).state, current(test).code) == (ConnectionTestState.ABANDONED, "abandoned")
    clean(test)
    assert nothing_is_left(test)


def test_lost_messages_and_rows_are_made_up_for(connection: Connection) -> None:
    """The sweep owes again what is not cleaned up, whatever became of the outbox."""
    test = begin(connection)
    connection_tests.cancel_test(test)
    OutboxEntry.objects.filter(kind=SyncKind.CONNECTION_TEST).delete()
    sweep_tests()
    clean(test)
    assert nothing_is_left(test)


def test_what_cognito_does_not_take(connection: Connection, cognito: LocalCognito, tenant: Tenant) -> None:
    """Is said in its own words, and stands in the way of nothing else of the tenant."""
    save_mapping(tenant, connection.pk, Mapping(email="email"), change="Less", actor=ACTOR)
    cognito.fault("CreateIdentityProvider", "access_denied")
    test = begin(connection)
    assert (test.state, test.code) == (ConnectionTestState.FAILED, "not_accepted_by_cognito")
    assert test.detail
    clean(test)
    assert nothing_is_left(test)


@pytest.mark.usefixtures("long_grace")
def test_a_lost_answer_leaves_nothing_behind(connection: Connection, cognito: LocalCognito) -> None:
    """Of a create that took place although nobody was told, also when the test is over before anybody looks."""
    cognito.fault("CreateIdentityProvider", "timeout_after")
    cognito.hide_created("CreateIdentityProvider", reads=1)
    test = begin(connection)
    assert test.state == ConnectionTestState.PREPARING
    connection_tests.cancel_test(test)
    clean(test)
    assert nothing_is_left(test)


def test_deleted_while_it_is_tested(connection: Connection, tenant: Tenant) -> None:
    """The test ends with its connection."""
    test, tab = begin(connection), Tab()
    address = tab.travel(tab.leave(test))
    delete_connection(tenant, connection.pk, confirm_name=connection.name, actor=ACTOR)
    sweep_tests()
    assert tab.arrive(address).status_code == 404
    clean(test)
    assert nothing_is_left(test)


@pytest.mark.parametrize("operation", ["CreateIdentityProvider", "CreateUserPoolClient"])
def test_overtaken_while_preparing(connection: Connection, cognito: LocalCognito, operation: str) -> None:
    """Whoever takes over from a worker that was never heard of again makes nothing twice."""
    cognito.fault(operation, "timeout_after")
    test = begin(connection)
    let_leases_expire()
    work(test)
    engine.run(SyncKind.CONNECTION_TEST, test.pk)

    def ready() -> bool:
        work(test)
        return current(test).state == ConnectionTestState.READY

    eventually(ready)
    assert cognito.applied(operation) >= 1
    connection_tests.cancel_test(current(test))
    clean(test)
    assert nothing_is_left(test)
