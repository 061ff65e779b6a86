"""The pages about drift: what they show, to whom, and who decides."""

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import Family
from tenants.audit_actions import Action
from tenants.models import AuditEvent, DriftMode, OutboxEntry, SyncKind, Tenant
from tests.factories import Cast
from tests.support.sync_pages import LENGTH, body, make_drift, member, seen

SUBJECT = "EmailVerificationSubject"


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def test_a_tenant_decides_about_its_own_drift(cast: Cast) -> None:
    """An auditor looks on; the log says who."""
    row = make_drift(SyncKind.POOL, cast.acme.tenant.pool_id)
    page = body(member(cast.acme, "auditor"), "tenant:drift", "acme")
    assert "16 characters" in page
    assert "drift-restore" not in page
    assert reverse("tenant:drift-restore", args=["acme", row.pk]) not in page
    admin = member(cast.acme)
    assert reverse("tenant:drift-adopt", args=["acme", row.pk]) in body(admin, "tenant:drift", "acme")
    answer = admin.post(reverse("tenant:drift-restore", args=["acme", row.pk]), {"path": LENGTH, "seen": seen(row)})
    assert answer.headers["Location"] == reverse("tenant:drift", args=["acme"])
    row.refresh_from_db()
    assert row.restore == [LENGTH]
    page = body(admin, "tenant:drift", "acme")
    assert "Being restored" in page
    assert "every 2s" in page
    assert AuditEvent.objects.get(action=Action.DRIFT_RESTORE_ASKED).tenant == cast.acme.tenant
    assert OutboxEntry.objects.get(kind=SyncKind.POOL, key=cast.acme.tenant.pool_id).is_owed


@pytest.mark.parametrize("action", ["restore", "adopt", "return"])
def test_a_foreign_resource_is_not_found(cast: Cast, action: str) -> None:
    """Another tenant's, and the shared pool's own."""
    client = member(cast.globex, "owner")
    for row in (
        make_drift(SyncKind.POOL, cast.acme.tenant.pool_id),
        make_drift(SyncKind.POOL, cast.globex.tenant.pool_id),
        make_drift(SyncKind.USER, cast.acme.outsider.pk, family=Family.USER, path="E-mail"),
    ):
        url = reverse(f"tenant:drift-{action}", args=["globex", row.pk])
        assert client.post(url, {"path": LENGTH, "seen": seen(row)}).status_code == 404
        row.refresh_from_db()
        assert (row.restore, row.adopted) == ([], {})


def test_what_may_not_be_adopted_has_its_reason_instead_of_a_button(cast: Cast) -> None:
    """And is refused to whoever sends it all the same."""
    path = "AdminCreateUserConfig.AllowAdminCreateUserOnly"
    row = make_drift(SyncKind.POOL, cast.acme.tenant.pool_id, path=path)
    admin = member(cast.acme)
    page = body(admin, "tenant:drift", "acme")
    assert "Cannot be adopted:" in page
    assert reverse("tenant:drift-adopt", args=["acme", row.pk]) not in page
    url = reverse("tenant:drift-adopt", args=["acme", row.pk])
    assert admin.post(url, {"path": path, "seen": seen(row)}).status_code == 422
    assert admin.post(url, {"path": LENGTH, "seen": "of long ago"}).status_code == 409


def test_the_operator_decides_about_what_is_shared(cast: Cast, operator: Client) -> None:
    """It is listed with whom it affects; support may look and not decide."""
    row = make_drift(SyncKind.POOL, cast.globex.tenant.pool_id, path="EmailVerificationSubject")
    page = body(operator, "fleet:drift", q="globex")
    assert "Globex" in page
    assert "Subject of the verification mail" in page
    assert "No drift" not in page
    assert "Nothing matches" in body(operator, "fleet:drift", q="acme")
    support = Client()
    support.force_login(cast.support)
    url = reverse("fleet:drift-adopt", args=[row.pk])
    assert support.post(url, {"seen": seen(row)}).status_code == 403
    assert operator.post(url, {"seen": seen(row)}).status_code == 302
    row.refresh_from_db()
    assert set(row.adopted) == {"EmailVerificationSubject"}
    assert "Return to ours" in body(operator, "fleet:drift", kept="1")
    operator.post(reverse("fleet:drift-return", args=[row.pk]), {"path": "EmailVerificationSubject"})
    row.refresh_from_db()
    assert (row.adopted, row.restore) == ({}, ["EmailVerificationSubject"])


def test_what_drifted_and_was_adopted_beside_is_shown_in_one_place(cast: Cast) -> None:
    """With what is still open, and not again under what was adopted: the page has no two things of one name."""
    row = make_drift(SyncKind.POOL, cast.acme.tenant.pool_id)
    row.adopted = {SUBJECT: {"value": "Welcome", "instead_of": ""}}
    row.save()
    page = body(member(cast.acme), "tenant:drift", "acme")
    assert page.count(f'id="drift-{row.pk}"') == 1
    assert "Value kept" in page
    assert "Return to ours" in page


def test_a_drift_mode_is_chosen_from_inside_and_outside(cast: Cast, operator: Client) -> None:
    """A tenant's admin for their own, an operator for any."""
    member(cast.acme).post(reverse("tenant:drift-mode", args=["acme"]), {"drift_mode": "report"})
    assert Tenant.objects.get(slug="acme").drift_mode == DriftMode.REPORT
    operator.post(reverse("fleet:tenant-drift-mode", args=[cast.acme.tenant.pk]), {"drift_mode": "inherit"})
    assert Tenant.objects.get(slug="acme").drift_mode == DriftMode.INHERIT
    answer = member(cast.acme).post(reverse("tenant:drift-mode", args=["acme"]), {"drift_mode": "whatever"})
    assert answer.status_code == 422
    assert AuditEvent.objects.filter(action=Action.DRIFT_MODE_SET, tenant=cast.acme.tenant).count() == 2


def test_drift_is_exported_setting_by_setting(cast: Cast, operator: Client) -> None:
    """With all three values."""
    make_drift(SyncKind.POOL, cast.acme.tenant.pool_id)
    for client, url in (
        (operator, reverse("fleet:drift-export")),
        (member(cast.acme), reverse("tenant:drift-export", args=["acme"])),
    ):
        lines = b"".join(client.get(url)).decode().splitlines()
        assert len(lines) == 2
        assert f"Shortest password,{LENGTH},12 characters,12 characters,16 characters,True" in lines[1]
