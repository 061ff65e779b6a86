"""The plan that each reconcile makes and keeps: what it set out to do, setting by setting, and what came of it."""

from datetime import timedelta

import pytest
from django.db import transaction

from identity.cells import pool_ref
from identity.cognito import app_clients
from identity.cognito.client_spec import AppClientSpec
from identity.models import (
    AppClient,
    Family,
    PlanOutcome,
    ResourceState,
    StepAction,
    StepState,
    SyncedResource,
    SyncPlan,
)
from identity.selectors import reconcile_state
from identity.sync import engine, journal, schedule
from tenants.actor import Actor, ActorKind, system
from tenants.models import DriftMode, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import comparisons, outbox
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.identity.sync.plans import (
    LONG_AGO,
    MFA_MODE,
    change_of,
    newest,
    require_second_factor,
    settle_long_ago,
    shorten_passwords,
    steps,
)
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, entry_of, make_due, nothing_is_owed, resync, run_tenant


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    assert nothing_is_owed()
    return Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)


def test_what_is_created_is_planned_with_its_settings(tenant: Tenant) -> None:
    """In order, each done, with what it was to be; nothing was there before."""
    plan = newest(SyncKind.POOL, tenant)
    assert (plan.outcome, plan.dry_run, plan.scheduled) == (PlanOutcome.APPLIED, False, False)
    assert plan.finished_at is not None
    found = list(plan.steps.all())
    assert [step.family for step in found] == [Family.POOL, Family.MFA, Family.DOMAIN]
    assert {step.action for step in found} == {StepAction.CREATE}
    assert {step.state for step in found} == {StepState.DONE}
    assert change_of(found[0], "Policies.PasswordPolicy.MinimumLength") == (None, 12)


def test_a_change_is_planned_from_before_to_after(tenant: Tenant) -> None:
    """What stays as it is has no step to it but "nothing"."""
    require_second_factor(tenant)
    resync(tenant)
    plan = newest(SyncKind.POOL, tenant)
    assert plan.outcome == PlanOutcome.APPLIED
    found = steps(plan)
    assert {family: step.action for family, step in found.items()} == {
        Family.POOL: StepAction.NOTHING, Family.MFA: StepAction.UPDATE, Family.DOMAIN: StepAction.NOTHING,
    }  # fmt: skip
    assert change_of(found[Family.MFA], MFA_MODE) == ("OPTIONAL", "ON")
    assert newest(SyncKind.TENANT, tenant).outcome == PlanOutcome.UNCHANGED


def asked(tenant: Tenant, actor: Actor | None) -> None:
    """Owe a sync of the tenant."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.TENANT, tenant.pk, actor=actor)


def test_a_plan_says_who_asked_for_it(tenant: Tenant) -> None:
    """The last who did; what follows from other work, or comes from the schedule, puts nobody else's name there."""
    ada, bob = (Actor(kind=ActorKind.MEMBER, label=name) for name in ("Ada", "Bob"))
    for requests, asker in (([ada, bob], "Bob"), ([ada, None], "Ada"), ([None], "")):
        for actor in requests:
            asked(tenant, actor)
        run_tenant(tenant)
        plan = newest(SyncKind.TENANT, tenant)
        assert (plan.asker_kind, plan.asker_label) == ("member" if asker else "", asker)
    asked(tenant, bob)
    run_tenant(tenant)
    settle_long_ago()
    hour = timedelta(hours=1)
    assert comparisons.owe_comparisons([SyncKind.TENANT], older_than=hour, limit=1, spread=hour) == 1
    assert entry_of(SyncKind.TENANT, tenant).asker_label == ""


@pytest.mark.parametrize(
    ("mode", "action", "outcome"),
    [
        (DriftMode.REPAIR, StepAction.UPDATE, PlanOutcome.APPLIED),
        (DriftMode.REPORT, StepAction.REPORT, PlanOutcome.DRIFTED),
    ],
)
def test_drift_is_repaired_or_reported(
    tenant: Tenant, mode: DriftMode, action: StepAction, outcome: PlanOutcome
) -> None:
    """In either case with what is live and what we want."""
    update_fleet_settings(FleetSettingsChange(drift_mode=mode), actor=system("test"))
    shorten_passwords(tenant)
    resync(tenant)
    plan = newest(SyncKind.POOL, tenant)
    step = steps(plan)[Family.POOL]
    assert (plan.outcome, step.action) == (outcome, action)
    assert change_of(step, "Policies.PasswordPolicy.MinimumLength") == (8, 12)


def test_an_adoption_is_planned_as_one(cognito: LocalCognito, onboard: Onboard) -> None:
    """The create's answer was lost: the next attempt finds what it made."""
    cognito.fault("CreateUserPoolClient", "timeout_after")
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    failed = newest(SyncKind.TENANT, tenant)
    assert (failed.outcome, steps(failed)[Family.CLIENT].state) == (PlanOutcome.FAILING, StepState.FAILED)
    assert steps(failed)[Family.CLIENT].error
    make_due()
    run_tenant(tenant)
    adopted = newest(SyncKind.TENANT, tenant)
    assert (adopted.outcome, steps(adopted)[Family.CLIENT].action) == (PlanOutcome.APPLIED, StepAction.ADOPT)
    assert adopted.attempt > failed.attempt


def test_a_client_that_is_no_longer_wanted_is_deleted_and_its_record_with_it(tenant: Tenant) -> None:
    """What we once made is known by its record."""
    ref, name = pool_ref(tenant.pool), f"{tenant.key}-retired"
    described = app_clients.create_client(ref, AppClientSpec(name=name), priority=PRIORITY)
    row = AppClient(tenant=tenant, pool=tenant.pool, purpose="retired", client_id=described.client_id)
    assert described.secret is not None
    row.seal_secret(described.secret.get_secret_value())
    row.save()
    identity = {"scope": SyncKind.TENANT, "key": tenant.pk, "family": Family.CLIENT, "name": name}
    SyncedResource.objects.create(**identity, remote_id=described.client_id)
    resync(tenant)
    plan = newest(SyncKind.TENANT, tenant)
    actions = {step.name: step.action for step in plan.steps.all()}
    assert actions == {tenant.client_name(AppClient.SIGN_IN): StepAction.NOTHING, name: StepAction.DELETE}
    assert described.client_id not in {each.client_id for each in app_clients.list_clients(ref, priority=PRIORITY)}
    assert not AppClient.objects.filter(purpose="retired").exists()
    assert not SyncedResource.objects.filter(name=name).exists()


def test_a_step_that_fails_says_why_and_those_after_it_are_not_reached(cognito: LocalCognito, onboard: Onboard) -> None:
    """With the reason, also on the plan."""
    cognito.fault("SetUserPoolMfaConfig", "throttle")
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    plan = newest(SyncKind.POOL, tenant)
    states = [step.state for step in plan.steps.all()]
    assert states == [StepState.DONE, StepState.FAILED, StepState.SKIPPED]
    assert plan.outcome == PlanOutcome.FAILING
    assert "fewer requests" in plan.error


def test_a_comparison_without_difference_leaves_no_plan_and_no_sign_of_itself(
    cognito: LocalCognito, tenant: Tenant
) -> None:
    """It is asked for in bulk's priority, a tick's share at a time, and pages show what the resources say."""
    before = SyncPlan.objects.count()
    settle_long_ago()
    assert schedule.schedule_comparisons() > 0
    entry = entry_of(SyncKind.POOL, tenant)
    assert (entry.scheduled, entry.is_owed) == (True, True)
    view = reconcile_state(SyncKind.POOL, tenant.pool_id)
    assert view is not None
    assert (view.state, view.settled) == (ResourceState.IN_SYNC, True)
    make_due()
    run_tenant(tenant)
    assert nothing_is_owed()
    assert SyncPlan.objects.count() == before


def test_a_comparison_that_finds_something_keeps_its_plan(tenant: Tenant) -> None:
    """And says that the schedule asked for it."""
    shorten_passwords(tenant)
    settle_long_ago()
    while not entry_of(SyncKind.POOL, tenant).is_owed:
        assert schedule.schedule_comparisons() > 0
    make_due()
    engine.run(SyncKind.POOL, tenant.pool_id)
    plan = newest(SyncKind.POOL, tenant)
    assert (plan.scheduled, plan.outcome) == (True, PlanOutcome.APPLIED)


def test_comparisons_are_spread_over_the_whole_time(db: None) -> None:
    """Of 10,000 keys a day, a minute takes on twice its even share at most, and these are spread over the minute."""
    OutboxEntry.objects.bulk_create(
        OutboxEntry(kind=SyncKind.TENANT, key=f"00000000-0000-4000-8000-{number:012d}", done_gen=1, settled_at=LONG_AGO)
        for number in range(10_000)
    )
    assert schedule.schedule_comparisons() == 14
    owed = (
        OutboxEntry.objects.filter(scheduled=True).order_by("next_attempt_at").values_list("next_attempt_at", flat=True)
    )
    times = list(owed)
    first, last = times[0], times[-1]
    assert first is not None
    assert last is not None
    assert timedelta(seconds=50) < last - first < timedelta(minutes=1)


def test_old_plans_go(tenant: Tenant) -> None:
    """After the fleet's retention time; also one that a worker left behind."""
    young, old = newest(SyncKind.POOL, tenant), newest(SyncKind.TENANT, tenant)
    SyncPlan.objects.exclude(pk=young.pk).update(started_at=LONG_AGO)
    SyncPlan.objects.filter(pk=old.pk).update(outcome=PlanOutcome.RUNNING)
    assert journal.purge() > 0
    assert SyncPlan.objects.get() == young


def test_a_plan_that_was_left_behind_is_closed_though_nothing_is_left_to_do(tenant: Tenant) -> None:
    """A page would follow it for ever."""
    left = newest(SyncKind.TENANT, tenant)
    SyncPlan.objects.filter(pk=left.pk).update(outcome=PlanOutcome.RUNNING)
    OutboxEntry.objects.update(settled_at=LONG_AGO)
    while schedule.schedule_comparisons():
        make_due()
        run_tenant(tenant)
    left.refresh_from_db()
    assert left.outcome == PlanOutcome.INTERRUPTED
