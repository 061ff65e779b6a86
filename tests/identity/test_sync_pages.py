"""The pages about sync and plans: what they show, to whom, and at which cost."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from identity.models import (
    Family,
    PlanOutcome,
    PlanStep,
    StepState,
    SyncPlan,
    UnmanagedResource,
)
from tenants.audit_actions import Action
from tenants.models import AuditEvent, FleetSettings, OutboxEntry, SyncKind
from tests.factories import Cast, DirectoryUserFactory, TenantFactory
from tests.support.sync_pages import LENGTH, body, make_drift, make_plan, member

SECRET_POOL = "us-east-1_SharedPool"
CHANGED = {"drift_mode": "report", "compare_hours": "6", "retention_days": "90", "sign_in_days": "30"}


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


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
    assert {plan.asker_label for plan in plans} == {str(cast.acme.admin)}
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


def test_plans_say_who_or_what_asked_for_them(cast: Cast, operator: Client) -> None:
    """On the list and on the plan's page; a tenant reads of the operator's staff that they are."""
    acme = cast.acme.tenant
    for values, own, fleet in (
        ({"scheduled": True}, "The schedule", "The schedule"),
        ({}, "A change", "A change"),
        ({"asker_kind": "member", "asker_label": "ada@acme.example"}, "ada@acme.example", "ada@acme.example"),
        ({"asker_kind": "operator", "asker_label": "Olivia"}, "Olivia (operator's staff)", "Olivia"),
        ({"asker_kind": "system", "asker_label": "manage.py sync"}, "The system (manage.py sync)", "The system"),
    ):
        SyncPlan.objects.all().delete()
        plan = make_plan(SyncKind.TENANT, acme.pk, **values)
        for page in (
            body(member(cast.acme), "tenant:plans", "acme"),
            body(member(cast.acme), "tenant:plan", "acme", plan.pk),
        ):
            assert own in page
        for page in (body(operator, "fleet:plans"), body(operator, "fleet:plan", plan.pk)):
            assert fleet in page
            assert "operator's staff" not in page
    lines = b"".join(operator.get(reverse("fleet:plans-export"))).decode()
    assert "manage.py sync" in lines


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


def test_activity_opens_on_what_is_not_settled(cast: Cast, operator: Client) -> None:
    """Until nothing is; whoever looks for a tenant finds it in any state."""
    acme, globex = cast.acme.tenant, cast.globex.tenant
    OutboxEntry.objects.create(kind=SyncKind.TENANT, key=acme.pk, done_gen=1)
    OutboxEntry.objects.create(kind=SyncKind.TENANT, key=globex.pk, last_error_code="Refused", remedy="Ask.")
    for query, expected in (
        ({}, {globex}),
        ({"state": "open"}, {globex}),
        ({"state": "all"}, {acme, globex}),
        ({"state": "in_sync"}, {acme}),
        ({"q": "acme"}, {acme}),
        ({"kind": "tenant"}, {acme, globex}),
        ({"state": "open", "q": "acme"}, set()),
    ):
        page = body(operator, "fleet:sync", **query).partition("<main")[2]
        rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert {tenant for tenant in (acme, globex) if tenant.name in rows} == expected, query
    assert len(b"".join(operator.get(reverse("fleet:sync-export"))).splitlines()) == 2
    OutboxEntry.objects.update(done_gen=1)
    assert "Everything is settled" in body(operator, "fleet:sync")


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
    assert operator.post(url, CHANGED).status_code == 302
    saved = FleetSettings.current()
    assert (saved.drift_mode, saved.compare_hours, saved.retention_days) == ("report", 6, 90)
    assert saved.sign_in_days == 30
    event = AuditEvent.objects.get(action=Action.FLEET_SETTINGS_UPDATED)
    assert event.before == {"drift_mode": "repair", "compare_hours": 24, "retention_days": 30, "sign_in_days": 90}
    refused = operator.post(url, {**CHANGED, "compare_hours": "0", "retention_days": "900"})
    assert refused.status_code == 422
    assert FleetSettings.current().compare_hours == 6
    operator.post(url, CHANGED)
    assert AuditEvent.objects.filter(action=Action.FLEET_SETTINGS_UPDATED).count() == 1
