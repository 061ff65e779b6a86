"""The daily look at what identity providers publish, at real servers."""

import socket
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from federation.connections.settings import SamlSettings
from federation.models import Connection, ConnectionStatus, MetadataWatch
from federation.selectors.metadata_watch import Watched, connections_to_check, looks_overdue, watched
from federation.services import metadata_watch
from federation.services.connection_states import delete_connection, disable
from federation.services.connection_values import take_published
from federation.services.connections import save_settings
from tenants.audit_actions import Action
from tenants.errors import Conflict
from tenants.models import AuditEvent, Tenant, TenantStatus
from tests.factories import Cast
from tests.support.certificates import base64_of, certificate
from tests.support.connections import ACTOR, saml_connection
from tests.support.metadata import SSO, entities, entity, role
from tests.support.published import (
    METADATA,
    by_issuer,
    by_url,
    look,
    make_due,
    publish,
    publish_openid,
    signing,
)
from tests.support.web_servers import Answer, Server, http


@pytest.fixture
def acme(cast: Cast) -> Tenant:
    return cast.acme.tenant


@pytest.fixture
def okta(acme: Tenant, server: Server) -> Connection:
    """An active connection whose metadata is read at the server."""
    publish(server, signing("old"))
    return by_url(acme, server)


def seen(connection: Connection) -> Watched:
    return watched([Connection.objects.select_related("newest").get(pk=connection.pk)])[connection.pk]


def events(tenant: Tenant) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(tenant=tenant, action=Action.CONNECTION_PUBLISHED).order_by("sequence"))


def test_the_same_is_kept_as_looked_at(okta: Connection) -> None:
    row = look(okta)
    assert row.failures == 0
    assert row.read_at is not None
    assert row.published == {}
    assert row.lease_until is None
    assert timezone.now() + timedelta(hours=12) < row.next_check_at
    assert events(okta.tenant) == []
    assert not seen(okta).differences


def test_a_new_certificate_is_told_once_and_changes_nothing(okta: Connection, server: Server) -> None:
    look(okta)
    publish(server, signing("old"), signing("new"))
    look(okta)
    since = seen(okta).since
    look(okta)
    assert [each.code for each in seen(okta).differences] == ["certificate_added"]
    assert seen(okta).since == since
    assert len(events(okta.tenant)) == 1
    assert "“CN=new”" in str(events(okta.tenant)[0].after)
    okta.refresh_from_db()
    assert okta.current.number == 2
    publish(server, signing("third"))
    look(okta)
    assert len(events(okta.tenant)) == 2
    publish(server, signing("old"))
    look(okta)
    assert not seen(okta).differences
    assert len(events(okta.tenant)) == 2


def test_a_person_takes_over_what_they_looked_at(okta: Connection, server: Server) -> None:
    publish(server, signing("new"))
    look(okta)
    first = seen(okta).digest
    publish(server, signing("newer"))
    look(okta)
    with pytest.raises(Conflict):
        take_published(okta.tenant, okta.pk, seen=first, actor=ACTOR)
    take_published(okta.tenant, okta.pk, seen=seen(okta).digest, actor=ACTOR)
    # At once, without another look.
    assert not seen(okta).differences
    okta.refresh_from_db()
    assert okta.current.change == "Took over what the identity provider publishes"
    assert isinstance(okta.settings, SamlSettings)
    assert okta.settings.source == "url"
    assert signing("newer")[:60] in okta.settings.metadata
    with pytest.raises(Conflict):
        take_published(okta.tenant, okta.pk, seen=first, actor=ACTOR)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (http("503 Service Unavailable"), "status"),
        (http("200 OK", b"<!DOCTYPE html><html>maintenance</html>"), "html"),
        (http("200 OK", entity(role(certificates=[])).encode()), "no_signing_certificate"),
        (http("302 Found", b"", "Location: http://169.254.169.254/"), "redirect_refused"),
    ],
)
def test_what_cannot_be_read_is_told_exactly(okta: Connection, server: Server, answer: Answer, code: str) -> None:
    look(okta)
    server.answers[METADATA] = answer
    row = look(okta)
    assert (row.code, row.failures) == (code, 1)
    assert seen(okta).message
    assert seen(okta).remedy
    assert row.next_check_at < timezone.now() + timedelta(minutes=61)
    assert look(okta).failures == 2
    publish(server, signing("old"))
    assert (look(okta).failures, seen(okta).message) == (0, "")
    assert events(okta.tenant) == []


def test_a_difference_that_is_known_outlives_a_failure(okta: Connection, server: Server) -> None:
    publish(server, signing("new"))
    look(okta)
    server.answers[METADATA] = http("500 Internal Server Error")
    look(okta)
    assert seen(okta).differences
    assert seen(okta).message


def test_an_error_is_over_when_something_else_was_saved(okta: Connection, server: Server) -> None:
    server.answers[METADATA] = http("500 Internal Server Error")
    look(okta)
    assert isinstance(okta.settings, SamlSettings)
    pasted = replace(okta.settings, name_id_format="")
    save_settings(okta.tenant, okta.pk, pasted, change="Other", actor=ACTOR)
    assert seen(okta).message == ""


def test_one_of_many_is_known_by_its_entity_id(acme: Tenant, server: Server) -> None:
    def aggregate(mine: str) -> str:
        other = entity(role(certificates=[signing("other")]), entity_id="https://other.example.com")
        return entities(other + entity(role(certificates=[mine]), entity_id="https://mine.example.com"))

    publish(server, raw=aggregate(signing("old")))
    connection = by_url(acme, server, entity_id="https://mine.example.com")
    assert look(connection).published == {}
    publish(server, raw=aggregate(signing("new")))
    look(connection)
    assert {each.code for each in seen(connection).differences} == {"certificate_added", "certificate_removed"}
    publish(
        server, raw=entities(entity(role(), entity_id="https://a.example") + entity(role(), entity_id="https://b.x"))
    )
    assert look(connection).code == "entity_not_found"


def test_another_name_is_a_difference(okta: Connection, server: Server) -> None:
    publish(server, signing("old"), entity_id="https://renamed.example.com")
    look(okta)
    assert [each.code for each in seen(okta).differences] == ["entity_id"]


def test_an_openid_provider_is_discovered_again(acme: Tenant, server: Server) -> None:
    entra = by_issuer(acme, server)
    assert look(entra).published == {}
    publish_openid(server, token_endpoint=f"http://127.0.0.1:{server.port}/token/v2")
    look(entra)
    assert [each.code for each in seen(entra).differences] == ["token_url"]
    assert len(events(acme)) == 1
    entra.refresh_from_db()
    assert entra.current.number == 2
    with pytest.raises(Conflict):
        take_published(acme, entra.pk, seen=seen(entra).digest, actor=ACTOR)


def test_only_what_is_due_is_asked(okta: Connection, server: Server) -> None:
    look(okta)
    asked = len(server.requests)
    metadata_watch.check_metadata(okta.pk)
    metadata_watch.check_metadata(uuid.uuid4())
    assert len(server.requests) == asked


@pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.DELETED, TenantStatus.REMOVED])
def test_nobody_asks_for_a_tenant_that_is_out_of_use(okta: Connection, server: Server, status: TenantStatus) -> None:
    look(okta)
    asked = len(server.requests)
    Tenant.objects.filter(pk=okta.tenant_id).update(status=status)
    make_due(okta.pk)
    assert connections_to_check(10) == []
    metadata_watch.check_metadata(okta.pk)
    assert len(server.requests) == asked


def test_who_is_looked_at(acme: Tenant, okta: Connection) -> None:
    """Disabled ones too, which may be enabled any day; not what was deleted, pasted, or is a draft."""
    saml_connection(acme, name="Pasted", entity_id="https://pasted.example.com")
    assert metadata_watch.enrol() == 1
    assert metadata_watch.enrol() == 0
    make_due(okta.pk)
    assert connections_to_check(10) == [okta.pk]
    disable(acme, okta.pk, actor=ACTOR)
    assert connections_to_check(10) == [okta.pk]
    Connection.objects.filter(pk=okta.pk).update(status=ConnectionStatus.DRAFT)
    assert connections_to_check(10) == []
    Connection.objects.filter(pk=okta.pk).update(status=ConnectionStatus.DISABLED)
    delete_connection(acme, okta.pk, confirm_name=okta.name, actor=ACTOR)
    assert connections_to_check(10) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once(okta: Connection, server: Server) -> None:
    """The second one comes while the first is asking: a message that was sent twice."""
    usual = server.answers[METADATA]

    def meanwhile(connection: socket.socket, request: bytes) -> None:
        metadata_watch.check_metadata(okta.pk)
        database.close()
        usual(connection, request)

    server.answers[METADATA] = meanwhile
    before = len(server.requests)
    assert look(okta).read_at is not None
    assert len(server.requests) == before + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["lease", "address"])
def test_an_answer_that_came_too_late_is_dropped(okta: Connection, server: Server, change: str) -> None:
    """Another worker took over, or somebody had the connection read another address meanwhile."""

    def meanwhile(connection: socket.socket, request: bytes) -> None:
        if change == "lease":
            MetadataWatch.objects.filter(connection=okta).update(lease_token=uuid.uuid4())
        else:
            assert isinstance(okta.settings, SamlSettings)
            elsewhere = replace(okta.settings, metadata_url="https://elsewhere.example.com/")
            save_settings(okta.tenant, okta.pk, elsewhere, change="Moved", actor=ACTOR)
        database.close()
        http("200 OK", entity(role(certificates=[signing("new")], sso=[SSO])).encode())(connection, request)

    server.answers[METADATA] = meanwhile
    row = look(okta)
    assert (row.checked_at, row.published) == (None, {})


def test_a_worker_that_died_is_replaced_after_its_lease(okta: Connection) -> None:
    metadata_watch.enrol()
    make_due(okta.pk)
    MetadataWatch.objects.update(lease_token=uuid.uuid4(), lease_until=timezone.now() + timedelta(minutes=1))
    assert connections_to_check(10) == []
    MetadataWatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert connections_to_check(10) == [okta.pk]


def test_a_look_that_is_late_shows(okta: Connection) -> None:
    assert looks_overdue() == 0
    metadata_watch.enrol()
    assert looks_overdue() == 0
    MetadataWatch.objects.update(next_check_at=timezone.now() - timedelta(hours=2))
    assert looks_overdue() == pytest.approx(2 * 3600, abs=60)


def test_certificates_that_all_expired_can_be_replaced(acme: Tenant, server: Server) -> None:
    """What is in use cannot be read as usable any more, and is still compared."""
    publish(server, signing("old"))
    okta = by_url(acme, server)
    now = timezone.now()
    ended = base64_of(certificate("ended", not_before=now - timedelta(days=9), not_after=now - timedelta(days=1)))
    assert isinstance(okta.settings, SamlSettings)
    expired = replace(okta.settings, metadata=entity(role(certificates=[ended])))
    save_settings(acme, okta.pk, expired, change="Time passed", actor=ACTOR)
    publish(server, signing("new"))
    look(okta)
    assert {each.code for each in seen(okta).differences} == {"certificate_added", "certificate_removed"}
