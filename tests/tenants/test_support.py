"""An operator's visits to a tenant."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenants.actor import Actor
from tenants.errors import NotFound, ValidationFailed
from tenants.models import AuditEvent, SupportSession
from tenants.services.support import end_support_session, start_support_session
from tests.factories import Cast, actor_of


def test_a_visit_is_in_both_logs_with_its_reason(cast: Cast) -> None:
    support = actor_of(cast.support)
    session = start_support_session(cast.acme.tenant.pk, reason="  Ticket 42:\n  MFA ", actor=support)
    assert session.reason == "Ticket 42: MFA"
    events = AuditEvent.objects.filter(action="support.entered")
    assert {event.tenant_id for event in events} == {cast.acme.tenant.pk, None}
    assert {event.reason for event in events} == {"Ticket 42: MFA"}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "a\x00b"])
def test_a_reason_is_needed(cast: Cast, reason: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        start_support_session(cast.acme.tenant.pk, reason=reason, actor=actor_of(cast.support))
    assert set(refused.value.fields) == {"reason"}
    assert not SupportSession.objects.exists()


def test_a_second_visit_ends_the_first(cast: Cast) -> None:
    support = actor_of(cast.support)
    first = start_support_session(cast.acme.tenant.pk, reason="first", actor=support)
    start_support_session(cast.acme.tenant.pk, reason="second", actor=support)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert SupportSession.objects.filter(ended_at__isnull=True).count() == 1


def test_leaving_ends_one_s_own_visit_alone(cast: Cast) -> None:
    for person in (cast.support, cast.operator):
        start_support_session(cast.acme.tenant.pk, reason="both", actor=actor_of(person))
    end_support_session(cast.acme.tenant.pk, actor=actor_of(cast.support))
    running = SupportSession.objects.get(ended_at__isnull=True)
    assert running.account == cast.operator


def test_an_unknown_tenant_is_not_found(operator: Actor) -> None:
    with pytest.raises(NotFound):
        start_support_session(uuid.uuid4(), reason="why", actor=operator)


def test_a_visit_that_ran_out_asks_for_a_reason_again(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.support)
    session = start_support_session(cast.acme.tenant.pk, reason="why", actor=actor_of(cast.support))
    assert client.get("/t/acme/").status_code == 200
    SupportSession.objects.filter(pk=session.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/t/acme/").headers["Location"] == f"/fleet/tenants/{cast.acme.tenant.pk}/enter/"


def test_the_banner_says_where_one_is_and_leads_out(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.support)
    tenant = cast.acme.tenant
    entered = client.post(f"/fleet/tenants/{tenant.pk}/enter/", {"reason": "Ticket 42"}, follow=True)
    assert entered.redirect_chain == [("/t/acme/", 302)]
    assert "You are working inside Acme." in entered.content.decode()
    assert "Ticket 42" in entered.content.decode()
    left = client.post(f"/fleet/tenants/{tenant.pk}/leave/")
    assert left.headers["Location"] == f"/fleet/tenants/{tenant.pk}/"
    assert client.get("/t/acme/").status_code == 302


def test_a_page_whose_session_has_ended_is_loaded_anew(cast: Cast, client: Client) -> None:
    """What a page asks for by itself would be redirected to another host, and nothing would be seen of it."""
    for address in (f"/t/{cast.acme.tenant.slug}/", "/fleet/tenants/"):
        answer = client.get(address, headers={"HX-Request": "true"})
        assert answer["HX-Refresh"] == "true"
        assert client.get(address).status_code == 302
