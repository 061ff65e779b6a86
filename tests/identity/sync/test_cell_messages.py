"""A cell's function for Cognito's messages comes to be in each of its pools that names none, and goes again."""

import pytest
from django.db import transaction

from identity.models import Family, ResourceState
from identity.selectors.drift import described, find_own_drifted
from identity.services.cell_messages import set_message_function
from identity.sync import dry_run
from identity.sync.preview import TenantDraft, planned_resources
from identity.sync.tasks import dry_run_plan, sweep
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Cell, DriftMode, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.factories import UserPoolFactory
from tests.identity.sync.plans import change_of, newest, steps
from tests.support.cognito import LocalCognito
from tests.support.drift import PERSON, change_pool, drifted_paths, in_sync, live, restore, state_of
from tests.support.pool_settings import FUNCTION, OTHER_FUNCTION, an_operator, assert_settled, set_on
from tests.support.sync import Onboard, nothing_is_owed, resync, run_tenant

PATH = "LambdaConfig.CustomMessage"
THEIRS = "arn:aws:lambda:us-east-1:123456789012:function:theirs"


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    return in_sync(onboard, PoolKind.DEDICATED)


def name(cell: Cell, arn: str) -> None:
    """Name a cell's function, as an operator does."""
    set_message_function(cell.pk, arn, confirmed=True, actor=an_operator())


def follow(tenant: Tenant, arn: str) -> None:
    """Name the function of a tenant's cell, and have Cognito follow."""
    name(tenant.pool.cell, arn)
    run_tenant(tenant)


def functions(tenant: Tenant) -> object:
    return live(tenant)["LambdaConfig"]


def only_reports() -> None:
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=PERSON)


@pytest.mark.parametrize("kind", PoolKind)
def test_a_pool_that_is_opened_has_it_from_the_beginning(
    cognito: LocalCognito, onboard: Onboard, local_cell: Cell, kind: PoolKind
) -> None:
    name(local_cell, FUNCTION)
    cognito.forget_calls()
    tenant = in_sync(onboard, kind)
    assert "UpdateUserPool" not in cognito.writes()
    assert functions(tenant) == {"CustomMessage": FUNCTION}
    assert_settled(cognito, tenant)


def test_it_is_set_changed_and_taken_out_in_one_write_each(cognito: LocalCognito, tenant: Tenant) -> None:
    """Beside what the pool names for other triggers; nobody's hand is suspected."""
    set_on(tenant, triggers={"PreSignUp": OTHER_FUNCTION})
    run_tenant(tenant)
    for arn in (FUNCTION, OTHER_FUNCTION, ""):
        cognito.forget_calls()
        follow(tenant, arn)
        assert cognito.writes() == ["UpdateUserPool"]
        assert functions(tenant) == {"PreSignUp": OTHER_FUNCTION, **({"CustomMessage": arn} if arn else {})}
        assert_settled(cognito, tenant)
    assert not AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED).exists()


def test_a_pool_s_own_goes_before_it(cognito: LocalCognito, tenant: Tenant) -> None:
    set_on(tenant, triggers={"CustomMessage": OTHER_FUNCTION})
    run_tenant(tenant)
    for arn in (FUNCTION, ""):
        cognito.forget_calls()
        follow(tenant, arn)
        assert cognito.writes() == []
        assert functions(tenant) == {"CustomMessage": OTHER_FUNCTION}
    follow(tenant, FUNCTION)
    set_on(tenant, triggers={})
    run_tenant(tenant)
    assert functions(tenant) == {"CustomMessage": FUNCTION}
    assert_settled(cognito, tenant)


def test_each_pool_of_the_cell_is_owed_and_the_sweep_wakes_workers(onboard: Onboard) -> None:
    first, second = (in_sync(onboard, kind) for kind in PoolKind)
    elsewhere = UserPoolFactory.create()
    operator = an_operator()
    set_message_function(first.pool.cell_id, FUNCTION, confirmed=True, actor=operator)
    owed = OutboxEntry.objects.filter(kind=SyncKind.POOL)
    assert {entry.key for entry in owed if entry.is_owed} == {first.pool_id, second.pool_id}
    assert not owed.filter(key=elsewhere.pk).exists()
    assert {entry.asker_label for entry in owed} == {operator.label}
    sweep()
    run_tenant(first)
    run_tenant(second)
    assert nothing_is_owed()
    assert newest(SyncKind.POOL, first).asker_label == operator.label
    assert functions(first) == functions(second) == {"CustomMessage": FUNCTION}


def test_a_dry_run_shows_it_and_writes_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    name(tenant.pool.cell, FUNCTION)
    cognito.forget_calls()
    with transaction.atomic():
        plan = dry_run.request(SyncKind.POOL, tenant.pool_id, actor=PERSON)
    dry_run_plan(str(plan.pk))
    assert change_of(steps(plan)[Family.POOL], PATH) == (None, FUNCTION)
    assert cognito.writes() == []
    assert functions(tenant) == {}


def test_the_preview_of_a_tenant_says_whose_it_is(local_cell: Cell) -> None:
    def said() -> list[str]:
        draft = TenantDraft(name="Acme", slug="acme")
        pool = planned_resources(PoolKind.DEDICATED, draft, None, cell=local_cell)[0]
        return [fact.value for fact in pool.facts if fact.label == "Cognito's messages"]

    assert said() == []
    local_cell.message_function_arn = FUNCTION
    assert said() == ["written by the cell's function"]


@pytest.mark.parametrize("found", [{}, {"CustomMessage": THEIRS}])
def test_what_somebody_changes_by_hand_is_repaired(tenant: Tenant, found: dict[str, str]) -> None:
    follow(tenant, FUNCTION)
    change_pool(tenant, LambdaConfig={"CustomMessage": found.get("CustomMessage")})
    assert functions(tenant) == found
    resync(tenant)
    assert functions(tenant) == {"CustomMessage": FUNCTION}
    event = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert event.before == {PATH: found.get("CustomMessage")}


def test_a_function_that_somebody_set_by_hand_is_not_taken_away_without_a_word(tenant: Tenant) -> None:
    """The audit log says which it was, as where it is found by the comparison."""
    change_pool(tenant, LambdaConfig={"CustomMessage": THEIRS})
    follow(tenant, FUNCTION)
    assert functions(tenant) == {"CustomMessage": FUNCTION}
    event = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert (event.before, event.after) == ({PATH: THEIRS}, {PATH: FUNCTION})


@pytest.mark.parametrize("arn", [FUNCTION, ""])
def test_where_drift_is_reported_it_stands_until_somebody_decides(tenant: Tenant, arn: str) -> None:
    """Whoever changes the cell's does not look at each pool."""
    only_reports()
    follow(tenant, OTHER_FUNCTION)
    change_pool(tenant, LambdaConfig={"CustomMessage": THEIRS})
    follow(tenant, arn)
    assert functions(tenant) == {"CustomMessage": THEIRS}
    assert state_of(tenant, Family.POOL) == ResourceState.DRIFTED
    assert drifted_paths(tenant, Family.POOL) == {PATH}
    (resource,) = described(list(find_own_drifted(tenant)))
    (setting,) = resource.settings
    assert (setting.label, resource.adoptable) == ("Function that writes messages", [])
    assert "named in the pool's settings" in str(setting.why_not)
    restore(tenant, Family.POOL, PATH)
    run_tenant(tenant)
    assert functions(tenant) == ({"CustomMessage": arn} if arn else {})
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC


def test_it_is_kept_by_naming_it_in_the_pool_s_settings(cognito: LocalCognito, tenant: Tenant) -> None:
    only_reports()
    change_pool(tenant, LambdaConfig={"CustomMessage": THEIRS})
    follow(tenant, FUNCTION)
    set_on(tenant, triggers={"CustomMessage": THEIRS})
    run_tenant(tenant)
    assert functions(tenant) == {"CustomMessage": THEIRS}
    assert_settled(cognito, tenant)


def test_a_crash_in_the_middle_of_our_own_change_is_nobody_s_hand(cognito: LocalCognito, tenant: Tenant) -> None:
    """It was written, and the answer lost; then the cell's function is another again."""
    only_reports()
    follow(tenant, FUNCTION)
    cognito.fault("UpdateUserPool", "timeout_after")
    follow(tenant, OTHER_FUNCTION)
    follow(tenant, THEIRS)
    assert functions(tenant) == {"CustomMessage": THEIRS}
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC
