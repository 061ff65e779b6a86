"""The pool's part of remembered devices in Cognito: switched on and off, changed by hand, found otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from identity.cells import endpoint_of
from identity.cognito import pools
from identity.cognito.endpoint import PoolRef
from identity.cognito.merge import merge_pool_update
from identity.models import Family, ResourceState, SyncedResource
from identity.selectors.drift import described, find_own_drifted
from identity.sync import dry_run
from identity.sync.families.pool import PoolFamily, desired
from identity.sync.field_words import field_in_words, value_in_words
from identity.sync.tasks import dry_run_plan
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import AuditEvent, Cell, DriftMode, PoolKind, SyncKind, Tenant, UserPool
from tenants.pool_options import PoolOptions
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.identity.sync.plans import change_of, steps
from tests.support.cognito import LocalCognito
from tests.support.drift import PERSON, adopt, change_pool, drifted_paths, in_sync, live, restore, state_of
from tests.support.pool_settings import assert_settled, set_on
from tests.support.sync import PRIORITY, Onboard, nothing_is_owed, resync, run_tenant

SETTING = "DeviceConfiguration"
OURS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
# What the console makes of its other choices. The last has nothing but false in it, and tracks devices all the same.
OTHERS: list[dict[str, bool]] = [
    {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False},
    {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": True},
    {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False},
]
others = pytest.mark.parametrize("found", OTHERS, ids=["always", "beside-the-factor", "nothing-but-false"])
either = pytest.mark.parametrize("on", [True, False], ids=["on", "off"])


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    return in_sync(onboard, PoolKind.DEDICATED)


def remember(tenant: Tenant, *, on: bool = True) -> None:
    """Switch it on or off, and have Cognito follow."""
    set_on(tenant, remembers_devices=on)
    run_tenant(tenant)


def tracking(tenant: Tenant) -> Any:
    """How the pool tracks devices in Cognito; None where it does not."""
    return live(tenant).get(SETTING)


@pytest.mark.parametrize("kind", PoolKind)
def test_devices_are_tracked_while_it_is_on(cognito: LocalCognito, onboard: Onboard, kind: PoolKind) -> None:
    """In one write, there and back; nobody's hand is suspected."""
    tenant = in_sync(onboard, kind)
    for on in (True, False, True):
        cognito.forget_calls()
        remember(tenant, on=on)
        assert cognito.writes() == ["UpdateUserPool"]
        assert tracking(tenant) == (OURS if on else None)
        assert_settled(cognito, tenant)
    assert not AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED).exists()


def test_a_dry_run_shows_it_and_writes_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    set_on(tenant, remembers_devices=True)
    cognito.forget_calls()
    with transaction.atomic():
        plan = dry_run.request(SyncKind.POOL, tenant.pool_id, actor=PERSON)
    dry_run_plan(str(plan.pk))
    assert change_of(steps(plan)[Family.POOL], SETTING) == (None, OURS)
    assert cognito.writes() == []
    assert tracking(tenant) is None


@either
@others
def test_what_somebody_changes_by_hand_is_repaired(tenant: Tenant, found: dict[str, bool], on: bool) -> None:
    remember(tenant, on=on)
    change_pool(tenant, **{SETTING: found})
    resync(tenant)
    assert tracking(tenant) == (OURS if on else None)
    event = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert event.before == {SETTING: found}
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC


def test_what_somebody_switches_off_by_hand_is_switched_on_again(tenant: Tenant) -> None:
    remember(tenant)
    change_pool(tenant, **{SETTING: None})
    assert tracking(tenant) is None
    resync(tenant)
    assert tracking(tenant) == OURS


@either
@others
def test_what_is_reported_is_one_setting_that_nobody_can_adopt(
    tenant: Tenant, found: dict[str, bool], on: bool
) -> None:
    """Half of it would still track devices: it stands as it is, or is ours as a whole."""
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=PERSON)
    remember(tenant, on=on)
    change_pool(tenant, **{SETTING: found})
    # Another change of ours carries along what stands.
    set_on(tenant, password_history=3)
    resync(tenant)
    assert tracking(tenant) == found
    assert drifted_paths(tenant, Family.POOL) == {SETTING}
    (resource,) = described(list(find_own_drifted(tenant)))
    (setting,) = resource.settings
    assert (setting.label, resource.adoptable) == ("Remembered devices", [])
    assert "chosen in the pool's settings" in str(setting.why_not)
    with pytest.raises(ValidationFailed):
        adopt(tenant, Family.POOL, SETTING)
    restore(tenant, Family.POOL, SETTING)
    run_tenant(tenant)
    assert tracking(tenant) == (OURS if on else None)
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC


@either
@others
def test_a_pool_that_is_found_is_made_to_track_devices_our_way(
    cognito: LocalCognito, onboard: Onboard, found: dict[str, bool], on: bool
) -> None:
    """After a create whose answer was lost, and a hand since."""
    tenant = onboard(PoolKind.SHARED)
    if on:
        set_on(tenant, remembers_devices=True)
    row = UserPool.objects.get(pk=tenant.pool_id)
    endpoint = endpoint_of(row.cell)
    pool_id = pools.create_pool(endpoint, desired(row, tenant=None, policy=None), priority=PRIORITY).pool_id
    ref = PoolRef(endpoint, pool_id)
    document = pools.describe_pool(ref, priority=PRIORITY).document
    pools.update_pool(ref, merge_pool_update(document, {SETTING: found}), priority=PRIORITY)
    sent = datetime(2020, 1, 1, tzinfo=UTC)
    SyncedResource.objects.create(
        scope=SyncKind.POOL, key=row.pk, family=Family.POOL, name=row.name, create_started_at=sent
    )
    run_tenant(tenant)
    assert UserPool.objects.get(pk=row.pk).cognito_id == pool_id
    assert tracking(tenant) == (OURS if on else None)
    assert nothing_is_owed()
    assert_settled(cognito, tenant)


def test_it_is_said_in_words() -> None:
    assert field_in_words(SETTING) == "Remembered devices"
    assert value_in_words(SETTING, None) == "not set"
    assert value_in_words(SETTING, OURS) == (
        "They take the place of the second factor: on, Only those that their users ask to have remembered: on"
    )


def test_a_preview_says_it_where_it_is_on() -> None:
    spec = desired(UserPool(cell=Cell(), kind=PoolKind.SHARED), tenant=None, policy=None)
    assert spec.remembers_devices is PoolOptions().remembers_devices is False
    labels = [
        [fact.label for fact in PoolFamily().facts(each)] for each in (spec, replace(spec, remembers_devices=True))
    ]
    assert labels[1] == [*labels[0], "Devices"]
