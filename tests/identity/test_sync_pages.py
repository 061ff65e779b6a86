"""The pages about sync, plans and drift: what they show, to whom, and at which cost."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from identity.models import (
    Family,
    PlanOutcome,
    PlanStep,
    ResourceState,
    StepAction,
    StepState,
    SyncedResource,
    SyncPlan,
    UnmanagedResource,
)
from identity.sync.drift import drifted_of, fingerprint
from tenants.models import AuditEvent, DriftMode, FleetSettings, OutboxEntry, SyncKind, Tenant
from tenants.services.audit import Action
from tests.factories import Cast, DirectoryUserFactory, TenantCast, TenantFactory

LENGTH = "Policies.PasswordPolicy.MinimumLength"
SECRET_POOL = "us-east-1_SharedPool"


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def member(tenant: TenantCast, role: str = "admin") -> Client:
    client = Client()
    client.force_login(TenantCast.account_of(getattr(tenant, role)))
    return client


def make_plan(kind: SyncKind, key: uuid.UUID, **values: Any) -> SyncPlan:
    plan = SyncPlan.objects.create(
        scope=kind, key=key, **{"outcome": PlanOutcome.APPLIED, "finished_at": timezone.now(), **values}
    )
    change = {"field": LENGTH, "before": 8, "after": 12}
    PlanStep.objects.create(
        plan=plan, position=0, family=Family.POOL, name="lg-pool", action=StepAction.UPDATE, changes=[change],
        state=StepState.DONE,
    )  # fmt: skip
    return plan


def make_drift(kind: SyncKind, key: uuid.UUID, *, family: Family = Family.POOL, path: str = LENGTH) -> SyncedResource:
    drift = [{"field": path, "wanted": 12, "last_applied": 12, "live": 16}]
    return SyncedResource.objects.create(
        scope=kind, key=key, family=family, name="lg-pool", state=ResourceState.DRIFTED, drift=drift,
        last_applied={path: 12}, observed_at=timezone.now(),
    )  # fmt: skip


def body(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def seen(row: SyncedResource) -> str:
    return fingerprint(drifted_of(row))


def test_a_plan_reads_from_before_to_after(cast: Cast) -> None:
    """In words; Cognito's own are beside them, and the task's id is one click away."""
    plan = make_plan(SyncKind.POOL, cast.acme.tenant.pool_id, task_id="task-4711", attempt=3)
    page = body(member(cast.acme), "tenant:plan", "acme", plan.pk)
    for words in ("Shortest password", "8 characters", "12 characters", LENGTH, "task-4711", "attempt 3", "Update"):
        assert words in page
    assert 'hx-trigger="every 1s"' not in page
    SyncPlan.objects.update(outcome=PlanOutcome.RUNNING, finished_at=None)
    assert 'hx-trigger="every 1s"' in body(member(cast.acme), "tenant:plan", "acme", plan.pk)


def test_a_failed_step_says_what_to_do_and_those_after_it_for_what_they_wait(cast: Cast) -> None:
    """Under the plan's own reason."""
    plan = make_plan(SyncKind.POOL, cast.acme.tenant.pool_id, outcome=PlanOutcome.BLOCKED, error="E", remedy="R")
    plan.steps.update(state=StepState.FAILED, error="It is gone.", remedy="Ask AWS Support.")
    PlanStep.objects.create(plan=plan, position=1, family=Family.DOMAIN, name="lg-domain", state=StepState.SKIPPED)
    page = body(member(cast.acme), "tenant:plan", "acme", plan.pk)
    for words in ("It is gone.", "Ask AWS Support.", "Waits for:", "User pool lg-pool", "Not reached"):
        assert words in page


@pytest.mark.parametrize("of", ["another tenant", "its pool", "its user", "the shared pool", "nobody"])
def test_a_plan_of_others_is_not_found(cast: Cast, of: str) -> None:
    """Also the shared pool's own, of whoever lives in it."""
    acme, globex = cast.acme, cast.globex
    kind, key = {
        "another tenant": (SyncKind.TENANT, acme.tenant.pk),
        "its pool": (SyncKind.POOL, acme.tenant.pool_id),
        "its user": (SyncKind.USER, acme.outsider.pk),
        "the shared pool": (SyncKind.POOL, globex.tenant.pool_id),
        "nobody": (SyncKind.TENANT, uuid.uuid4()),
    }[of]
    plan = make_plan(kind, key)
    client = member(globex, "owner")
    answers = [
        client.get(reverse("tenant:plan", args=["globex", plan_id])).status_code for plan_id in (plan.pk, uuid.uuid4())
    ]
    assert answers == [404, 404]
    assert str(plan.pk) not in body(client, "tenant:plans", "globex")
    assert str(plan.pk) not in body(client, "tenant:plans", "globex", kind="user")
    preview = client.get(reverse("tenant:sync-preview", args=["globex"]), query_params={"plan": str(plan.pk)})
    assert preview.status_code == 404


def test_nothing_of_a_shared_pool_is_on_a_tenants_pages(cast: Cast) -> None:
    """Neither its drift nor what others made in it, nor its id in an error."""
    tenant = cast.globex.tenant
    tenant.pool.cognito_id = SECRET_POOL
    tenant.pool.save()
    TenantFactory.create(slug="neighbour", name="Neighbour", pool=tenant.pool)
    make_drift(SyncKind.POOL, tenant.pool_id)
    UnmanagedResource.objects.create(pool=tenant.pool, family=Family.CLIENT, name="somebodys-script")
    plan = make_plan(SyncKind.TENANT, tenant.pk, error=f"No pool {SECRET_POOL}.", outcome=PlanOutcome.FAILING)
    client = member(cast.globex)
    pages = [
        body(client, "tenant:sync", "globex"),
        body(client, "tenant:drift", "globex"),
        body(client, "tenant:plans", "globex"),
        body(client, "tenant:plan", "globex", plan.pk),
        "".join(str(part) for part in client.get(reverse("tenant:plans-export", args=["globex"]))),
    ]
    for page in pages:
        for told in (SECRET_POOL, str(tenant.pool_id), tenant.pool.domain_prefix, "Neighbour", "somebodys-script"):
            assert told not in page
    assert "set by your operator" in pages[0]


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


def test_the_page_of_a_pool_lists_what_is_not_ours(cast: Cast, operator: Client) -> None:
    """And its drift, resources and plans; a tenant sees the same of a pool of its own alone."""
    pool = cast.acme.tenant.pool
    UnmanagedResource.objects.create(pool=pool, family=Family.CLIENT, name="somebodys-script", remote_id="4711")
    make_drift(SyncKind.POOL, pool.pk)
    plan = make_plan(SyncKind.POOL, pool.pk)
    page = body(operator, "fleet:pool", pool.pk)
    for words in ("somebodys-script", "16 characters", reverse("fleet:plan", args=[plan.pk]), pool.name):
        assert words in page
    assert "somebodys-script" in body(member(cast.acme), "tenant:drift", "acme")
    assert operator.get(reverse("fleet:pool", args=[uuid.uuid4()])).status_code == 404


def test_show_me_the_plan_asks_a_worker_and_follows(cast: Cast, operator: Client) -> None:
    """A tenant's own: its pool, if that is its own, and itself. Asking twice does not make two."""
    answer, _again = (member(cast.acme).post(reverse("tenant:sync-look", args=["acme"])) for _ in range(2))
    plans = SyncPlan.objects.filter(dry_run=True, outcome=PlanOutcome.REQUESTED)
    assert {(plan.scope, plan.key) for plan in plans} == {
        ("pool", cast.acme.tenant.pool_id), ("tenant", cast.acme.tenant.pk)
    }  # fmt: skip
    assert plans.count() == 2
    page = member(cast.acme).get(answer.headers["Location"]).content.decode()
    assert "A worker is looking at Cognito" in page
    assert "every 1s" in page
    member(cast.globex).post(reverse("tenant:sync-look", args=["globex"]))
    assert not plans.filter(key=cast.globex.tenant.pool_id).exists()
    answer = operator.post(reverse("fleet:tenant-look", args=[cast.globex.tenant.pk]))
    assert plans.filter(key=cast.globex.tenant.pool_id).exists()
    assert operator.get(answer.headers["Location"]).status_code == 200
    answer = operator.post(reverse("fleet:plan-look", args=["pool", cast.acme.tenant.pool_id]))
    assert operator.get(answer.headers["Location"]).status_code == 200
    assert operator.post(reverse("fleet:plan-look", args=["bulk", uuid.uuid4()])).status_code == 404
    assert AuditEvent.objects.filter(action=Action.PLAN_REQUESTED).count() == 5
    assert not OutboxEntry.objects.exists()


def test_sync_now_is_audited_and_leaves_a_shared_pool_alone(cast: Cast) -> None:
    """The pool's own sync is the operator's to ask for."""
    member(cast.acme).post(reverse("tenant:sync-run", args=["acme"]))
    member(cast.globex).post(reverse("tenant:sync-run", args=["globex"]))
    assert set(OutboxEntry.objects.values_list("kind", "key")) == {
        ("pool", cast.acme.tenant.pool_id), ("tenant", cast.acme.tenant.pk), ("tenant", cast.globex.tenant.pk)
    }  # fmt: skip
    assert AuditEvent.objects.filter(action=Action.SYNC_REQUESTED).count() == 2


def test_plans_are_found_by_tenant_outcome_and_reason(cast: Cast, operator: Client) -> None:
    """And by key, which is a thing's history."""
    acme, globex = cast.acme.tenant, cast.globex.tenant
    of_pool = make_plan(SyncKind.POOL, acme.pool_id, scheduled=True)
    of_tenant = make_plan(SyncKind.TENANT, acme.pk, outcome=PlanOutcome.FAILING)
    of_user = make_plan(SyncKind.USER, cast.acme.outsider.pk)
    other = make_plan(SyncKind.TENANT, globex.pk, dry_run=True, outcome=PlanOutcome.SHOWN)
    everything = {of_pool, of_tenant, of_user, other}
    for query, expected in (
        ({}, everything),
        ({"q": "acme"}, {of_pool, of_tenant}),
        ({"q": "acme", "kind": "user"}, {of_user}),
        ({"q": globex.key}, {other}),
        ({"outcome": "failing"}, {of_tenant}),
        ({"origin": "scheduled"}, {of_pool}),
        ({"origin": "shown"}, {other}),
        ({"origin": "asked"}, {of_tenant, of_user}),
        ({"kind": "user"}, {of_user}),
        ({"key": str(acme.pk)}, {of_tenant}),
        ({"key": "no id", "outcome": "no outcome"}, everything),
    ):
        page = body(operator, "fleet:plans", **query)
        assert {plan for plan in everything if str(plan.pk) in page} == expected, query
    lines = b"".join(operator.get(reverse("fleet:plans-export"), query_params={"q": "acme"})).decode().splitlines()
    assert len(lines) == 3
    assert "Nothing" not in lines[1]


def test_activity_is_found_by_tenant_and_kind_and_leads_to_plans(cast: Cast, operator: Client) -> None:
    """A settled row whose resources drifted says so."""
    for kind, key in ((SyncKind.POOL, cast.acme.tenant.pool_id), (SyncKind.TENANT, cast.globex.tenant.pk)):
        OutboxEntry.objects.create(kind=kind, key=key, done_gen=1)
    make_drift(SyncKind.POOL, cast.acme.tenant.pool_id)
    plan = make_plan(SyncKind.POOL, cast.acme.tenant.pool_id)
    page = body(operator, "fleet:sync", q="acme").partition("<main")[2].partition("</main>")[0]
    assert reverse("fleet:plan", args=[plan.pk]) in page
    assert cast.acme.tenant.pool.name in page
    assert "Globex" not in page
    assert "Drifted" in page
    assert "state=blocked" in page
    assert "q=acme" in page
    assert cast.acme.tenant.pool.name not in body(operator, "fleet:sync", kind="tenant")


@pytest.mark.parametrize("name", ["fleet:plans", "fleet:sync", "fleet:drift"])
def test_more_rows_cost_no_more_queries(cast: Cast, operator: Client, name: str) -> None:
    """Of each kind one first, then many."""
    counts = []
    for number in (1, 8):
        for _ in range(number):
            tenant = TenantFactory.create()
            user = DirectoryUserFactory.create(tenant=tenant)
            keys = ((SyncKind.POOL, tenant.pool_id), (SyncKind.TENANT, tenant.pk), (SyncKind.USER, user.pk))
            for kind, key in keys:
                make_plan(kind, key)
                make_drift(kind, key)
                OutboxEntry.objects.create(kind=kind, key=key)
        body(operator, name)
        with CaptureQueriesContext(connection) as queries:
            body(operator, name)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_history_is_read_by_pages(cast: Cast) -> None:
    """Newest first, fifty a page, and back."""
    plans = [make_plan(SyncKind.TENANT, cast.acme.tenant.pk) for _ in range(55)]
    client = member(cast.acme)
    first = client.get(reverse("tenant:plans", args=["acme"]))
    assert str(plans[-1].pk) in first.content.decode()
    assert str(plans[0].pk) not in first.content.decode()
    second = client.get(reverse("tenant:plans", args=["acme"]) + first.context["pager"].next_url)
    assert str(plans[0].pk) in second.content.decode()
    assert second.context["pager"].previous_url


def test_the_fleets_settings_are_saved_within_their_bounds(operator: Client) -> None:
    """And the log says what they were."""
    url = reverse("fleet:settings-save")
    assert operator.post(url, {"drift_mode": "report", "compare_hours": "6", "retention_days": "90"}).status_code == 302
    saved = FleetSettings.current()
    assert (saved.drift_mode, saved.compare_hours, saved.retention_days) == ("report", 6, 90)
    event = AuditEvent.objects.get(action=Action.FLEET_SETTINGS_UPDATED)
    assert event.before == {"drift_mode": "repair", "compare_hours": 24, "retention_days": 30}
    refused = operator.post(url, {"drift_mode": "report", "compare_hours": "0", "retention_days": "900"})
    assert refused.status_code == 422
    assert FleetSettings.current().compare_hours == 6
    operator.post(url, {"drift_mode": "report", "compare_hours": "6", "retention_days": "90"})
    assert AuditEvent.objects.filter(action=Action.FLEET_SETTINGS_UPDATED).count() == 1


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
