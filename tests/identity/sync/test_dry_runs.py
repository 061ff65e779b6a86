"""Plans that a person asked to see: everything is shown, and nothing is written."""

import pytest
from django.db import transaction

from identity.models import (
    Family,
    PlanOutcome,
    StepAction,
    SyncedResource,
)
from identity.sync import dry_run, schedule
from identity.sync.tasks import dry_run_plan, sweep
from tenants.actor import system
from tenants.models import PoolKind, SyncKind, Tenant
from tests.identity.sync.plans import MFA_MODE, change_of, require_second_factor, shorten_passwords, steps
from tests.support.cognito import LocalCognito
from tests.support.sync import Onboard, nothing_is_owed, run_tenant


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    assert nothing_is_owed()
    return Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)


def test_a_dry_run_shows_everything_and_writes_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    """Neither to Cognito nor to a record, and nothing is owed for it; a second worker finds it done."""
    require_second_factor(tenant)
    shorten_passwords(tenant)
    records = list(SyncedResource.objects.order_by("pk").values())
    cognito.forget_calls()
    with transaction.atomic():
        plan = dry_run.request(SyncKind.POOL, tenant.pool_id, actor=system("test"))
    assert plan.outcome == PlanOutcome.REQUESTED
    for _ in range(2):
        dry_run_plan(str(plan.pk))
    plan.refresh_from_db()
    assert (plan.outcome, plan.error) == (PlanOutcome.SHOWN, "")
    found = steps(plan)
    assert change_of(found[Family.MFA], MFA_MODE) == ("OPTIONAL", "ON")
    assert change_of(found[Family.POOL], "Policies.PasswordPolicy.MinimumLength") == (8, 12)
    assert cognito.calls()
    assert cognito.writes() == []
    assert list(SyncedResource.objects.order_by("pk").values()) == records
    assert nothing_is_owed()


def test_a_dry_run_of_what_is_not_there_yet_makes_no_record(cognito: LocalCognito, onboard: Onboard) -> None:
    """All of it would be created; a pool that cannot be looked at says why."""
    tenant = onboard(PoolKind.DEDICATED)
    shown = dry_run.look(SyncKind.POOL, tenant.pool_id)
    assert {step.action for step in shown.steps} == {StepAction.CREATE}
    assert not SyncedResource.objects.exists()
    assert cognito.writes() == []
    run_tenant(tenant)
    cognito.fault("DescribeUserPool", "throttle")
    broken = dry_run.look(SyncKind.POOL, tenant.pool_id)
    assert broken.failure is not None
    assert {step.action for step in broken.steps} == {StepAction.UNKNOWN}


def test_the_sweep_finds_a_request_whose_message_was_lost(tenant: Tenant) -> None:
    """The row is the work; the message is a wake-up."""
    with transaction.atomic():
        plan = dry_run.request(SyncKind.TENANT, tenant.pk, actor=system("test"))
    assert schedule.requested_dry_runs(10) == [plan]
    sweep()
