"""The API about sync: states, plans, and asking for a sync."""

import uuid

import pytest
from django.utils import timezone

from identity.models import Family, PlanOutcome, PlanStep, StepAction, SyncPlan
from tenants.models import OutboxEntry, SyncKind
from tests.factories import TenantCast
from tests.identity.api.test_api import Call, assert_problem, call

__all__ = ["call"]


@pytest.fixture
def plan(acme: TenantCast) -> SyncPlan:
    """A plan of acme's pool, with a step."""
    made = SyncPlan.objects.create(
        scope=SyncKind.POOL, key=acme.tenant.pool_id, outcome=PlanOutcome.APPLIED, finished_at=timezone.now()
    )
    change = {"field": "MfaConfiguration", "before": "OPTIONAL", "after": "ON"}
    PlanStep.objects.create(
        plan=made, position=0, family=Family.MFA, name="lg-pool", action=StepAction.UPDATE, changes=[change]
    )
    return made


def test_the_state_of_each_resource(call: Call, acme: TenantCast, globex: TenantCast) -> None:
    """Of a shared pool's tenant, only what is its own."""
    own = call("GET", "sync").json()
    assert own["state"] == "pending"
    assert {resource["family"] for resource in own["resources"]} >= {"pool", "mfa", "domain", "client"}
    shared = call("GET", "sync", by=globex.owner).json()
    assert {resource["family"] for resource in shared["resources"]} == {"client"}


def test_a_sync_is_asked_for(call: Call, acme: TenantCast) -> None:
    """By who may; the answer is the state to follow."""
    assert_problem(call("POST", "sync", by=acme.auditor), 403, "permission_denied")
    assert not OutboxEntry.objects.exists()
    answer = call("POST", "sync", by=acme.admin)
    assert (answer.status_code, answer.json()["settled"]) == (202, False)
    assert OutboxEntry.objects.filter(key__in=[acme.tenant.pk, acme.tenant.pool_id]).count() == 2


def test_plans_with_their_steps(call: Call, plan: SyncPlan) -> None:
    """Newest first, by pages."""
    listed = call("GET", "plans").json()
    assert [(each["id"], each["of"], each["outcome"]) for each in listed["plans"]] == [
        (str(plan.pk), "pool", "applied")
    ]
    assert call("GET", "plans", query={"outcome": "failing"}).json()["plans"] == []
    (step,) = call("GET", "plan", plan.pk).json()["steps"]
    assert (step["action"], step["changes"]) == (
        "update", [{"field": "MfaConfiguration", "before": "OPTIONAL", "after": "ON"}]
    )  # fmt: skip


def test_a_foreign_plan_is_not_found(call: Call, plan: SyncPlan, globex: TenantCast) -> None:
    """Like one that does not exist."""
    for plan_id in (plan.pk, uuid.uuid4()):
        assert_problem(call("GET", "plan", plan_id, by=globex.owner), 404, "not_found")
    assert call("GET", "plans", by=globex.owner).json()["plans"] == []


def test_a_plan_is_shown_on_request(call: Call, acme: TenantCast) -> None:
    """Without owing anything."""
    answer = call("POST", "plans")
    assert answer.status_code == 202
    assert {(each["of"], each["outcome"], each["dry_run"]) for each in answer.json()} == {
        ("pool", "requested", True), ("tenant", "requested", True)
    }  # fmt: skip
    assert not OutboxEntry.objects.exists()
    assert_problem(call("POST", "plans", by=acme.auditor), 403, "permission_denied")
