"""What somebody changes in Cognito by hand, in report mode: it stands, is shown, and a person decides."""

from typing import Any

import pytest

from identity.cognito import inventory, pools
from identity.cognito.merge import merge_mfa_update
from identity.models import Family, ResourceState, UnmanagedResource
from identity.selectors.drift import DriftFilter, described, find_drifted, find_kept, find_own_drifted
from identity.services.drift import adopt_live, end_adoption, restore_ours
from identity.sync.drift import drifted_of, fingerprint
from identity.sync.families.pool import PoolFamily
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import AuditEvent, DriftMode, MfaPolicy, PoolKind, SignInPolicy, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange, set_drift_mode, update_fleet_settings
from tests.support import by_hand
from tests.support.cognito import LocalCognito
from tests.support.drift import (
    LENGTH,
    PERSON,
    SYMBOLS,
    adopt,
    change_client,
    change_passwords,
    change_pool,
    compare,
    drifted_paths,
    in_sync,
    live,
    password_policy,
    record,
    ref_of,
    restore,
    session_validity,
    state_of,
)
from tests.support.sync import PRIORITY, Onboard, entry_of, let_grace_pass, resync, run_tenant


@pytest.fixture(autouse=True)
def report_mode(transactional_db: None) -> None:
    """The fleet reports drift."""
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=PERSON)


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    return in_sync(onboard, PoolKind.DEDICATED)


def test_it_stands_through_later_syncs_and_changes_of_other_settings(cognito: LocalCognito, tenant: Tenant) -> None:
    """UpdateUserPool sets everything: what is reported is written as it was found."""
    change_passwords(tenant, MinimumLength=16)
    for _ in range(2):
        resync(tenant)
        assert drifted_paths(tenant, Family.POOL) == {LENGTH}
        assert state_of(tenant, Family.POOL) == ResourceState.DRIFTED
    assert cognito.writes().count("UpdateUserPool") == 1
    change_pool(tenant, DeletionProtection="INACTIVE")
    resync(tenant)
    restore(tenant, Family.POOL, "DeletionProtection")
    run_tenant(tenant)
    assert live(tenant)["DeletionProtection"] == "ACTIVE"
    assert password_policy(tenant)["MinimumLength"] == 16
    assert drifted_paths(tenant, Family.POOL) == {LENGTH}


def test_the_page_has_three_values_and_who_may_decide_sees_why_not(tenant: Tenant) -> None:
    """In words, with what may not be adopted."""
    change_client(tenant, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], AuthSessionValidity=5)
    resync(tenant)
    (resource,) = described(list(find_own_drifted(tenant)))
    settings = {setting.label: setting for setting in resource.settings}
    session = settings["A sign-in may take"]
    assert (session.wanted, session.last_applied, session.live) == ("15 minutes", "15 minutes", "5 minutes")
    assert session.why_not is None
    assert settings["Ways to sign in"].why_not
    assert [setting.path for setting in resource.adoptable] == ["AuthSessionValidity"]
    assert find_drifted(DriftFilter(q=tenant.slug)).get() == resource.row
    assert not find_drifted(DriftFilter(q="somebody else")).exists()


def test_ours_is_restored_when_asked_for(tenant: Tenant) -> None:
    """Once; the next change by hand is reported again."""
    change_passwords(tenant, RequireSymbols=True)
    resync(tenant)
    restore(tenant, Family.POOL, SYMBOLS)
    assert state_of(tenant, Family.POOL) == ResourceState.PENDING
    run_tenant(tenant)
    assert not password_policy(tenant)["RequireSymbols"]
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC
    assert AuditEvent.objects.filter(action=Action.DRIFT_RESTORE_ASKED, tenant=tenant).count() == 1
    assert AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant).count() == 1
    change_passwords(tenant, RequireSymbols=True)
    resync(tenant)
    assert drifted_paths(tenant, Family.POOL) == {SYMBOLS}


def test_what_is_adopted_counts_as_ours_in_either_mode(cognito: LocalCognito, tenant: Tenant) -> None:
    """And another change by hand of it drifts from the adopted value; who ends the adoption gets ours back."""
    change_client(tenant, AuthSessionValidity=5)
    resync(tenant)
    adopt(tenant, Family.CLIENT, "AuthSessionValidity")
    run_tenant(tenant)
    set_drift_mode(tenant.pk, DriftMode.REPAIR, actor=PERSON)
    cognito.forget_calls()
    run_tenant(tenant)
    assert cognito.writes() == []
    assert state_of(tenant, Family.CLIENT) == ResourceState.IN_SYNC
    assert find_kept(DriftFilter()).get().adopted == {"AuthSessionValidity": {"value": 5, "instead_of": 15}}
    change_client(tenant, AuthSessionValidity=3)
    resync(tenant)
    assert session_validity(tenant) == 5
    end_adoption(record(tenant, Family.CLIENT).pk, "AuthSessionValidity", tenant=tenant, actor=PERSON)
    run_tenant(tenant)
    assert session_validity(tenant) == 15
    assert not find_kept(DriftFilter()).exists()
    with pytest.raises(Conflict):
        end_adoption(record(tenant, Family.CLIENT).pk, "AuthSessionValidity", tenant=tenant, actor=PERSON)


def test_an_adopted_value_is_adopted_again_after_another_change(tenant: Tenant) -> None:
    """The second choice, too, is against what we want, not against the first."""
    for minutes in (5, 4):
        change_client(tenant, AuthSessionValidity=minutes)
        resync(tenant)
        adopt(tenant, Family.CLIENT)
        run_tenant(tenant)
        assert session_validity(tenant) == minutes
        assert state_of(tenant, Family.CLIENT) == ResourceState.IN_SYNC
    assert record(tenant, Family.CLIENT).adopted["AuthSessionValidity"]["instead_of"] == 15


def test_a_setting_with_a_home_in_the_policy_changes_the_policy(tenant: Tenant) -> None:
    """The length of passwords and the second factor of a dedicated pool: nothing is left to adopt, and later
    changes of the policy are followed."""
    change_passwords(tenant, MinimumLength=16)
    ref = ref_of(tenant)
    mfa = pools.get_mfa_config(ref, priority=PRIORITY)
    pools.set_mfa_config(ref, merge_mfa_update(mfa.document, {"MfaConfiguration": "ON"}), priority=PRIORITY)
    resync(tenant)
    adopt(tenant, Family.POOL, LENGTH)
    adopt(tenant, Family.MFA)
    assert state_of(tenant, Family.POOL) == ResourceState.PENDING
    run_tenant(tenant)
    policy = SignInPolicy.objects.get(tenant=tenant)
    assert (policy.password_min_length, policy.mfa) == (16, MfaPolicy.REQUIRED)
    assert record(tenant, Family.POOL).adopted == {}
    assert state_of(tenant, Family.POOL) == state_of(tenant, Family.MFA) == ResourceState.IN_SYNC
    policy.password_min_length = 20
    policy.save()
    resync(tenant)
    assert password_policy(tenant)["MinimumLength"] == 20


def test_what_would_weaken_a_promise_is_refused(tenant: Tenant) -> None:
    """One by one with the reason; "all that may be" leaves it out."""
    change_passwords(tenant, RequireSymbols=True)
    change_pool(tenant, AdminCreateUserConfig={"AllowAdminCreateUserOnly": False})
    resync(tenant)
    with pytest.raises(ValidationFailed, match="anybody on the internet"):
        adopt(tenant, Family.POOL, "AdminCreateUserConfig.AllowAdminCreateUserOnly")
    adopt(tenant, Family.POOL)
    run_tenant(tenant)
    assert drifted_paths(tenant, Family.POOL) == {"AdminCreateUserConfig.AllowAdminCreateUserOnly"}
    with pytest.raises(ValidationFailed):
        adopt(tenant, Family.POOL)
    restore(tenant, Family.POOL)
    run_tenant(tenant)
    assert live(tenant)["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert password_policy(tenant)["RequireSymbols"] is True


def test_too_short_a_password_is_refused_also_for_operators(onboard: Onboard) -> None:
    """Of a shared pool, which is nobody's but theirs: not even a tenant in it finds its record."""
    shared = in_sync(onboard, PoolKind.SHARED)
    change_passwords(shared, MinimumLength=8)
    resync(shared)
    row = record(shared, Family.POOL)
    seen = fingerprint(drifted_of(row))
    with pytest.raises(NotFound):
        restore_ours(row.pk, None, seen=seen, tenant=shared, actor=PERSON)
    with pytest.raises(NotFound):
        adopt_live(row.pk, None, seen=seen, tenant=shared, actor=PERSON)
    with pytest.raises(ValidationFailed):
        adopt_live(row.pk, [LENGTH], seen=fingerprint(drifted_of(row), [LENGTH]), tenant=None, actor=PERSON)
    restore_ours(row.pk, None, seen=seen, tenant=None, actor=PERSON)
    run_tenant(shared)
    assert password_policy(shared)["MinimumLength"] == 12
    assert AuditEvent.objects.get(action=Action.DRIFT_RESTORE_ASKED).tenant is None


def test_what_changed_since_the_person_looked_is_not_decided(tenant: Tenant) -> None:
    """Neither restored nor adopted: they decided about another value."""
    change_client(tenant, AuthSessionValidity=5)
    resync(tenant)
    row = record(tenant, Family.CLIENT)
    seen = fingerprint(drifted_of(row))
    change_client(tenant, AuthSessionValidity=4)
    resync(tenant)
    for decide in (restore_ours, adopt_live):
        with pytest.raises(Conflict):
            decide(row.pk, None, seen=seen, tenant=tenant, actor=PERSON)


def test_a_choice_made_while_a_worker_runs_is_not_lost(
    cognito: LocalCognito, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker had read the record before; the next attempt carries the choice out."""
    change_passwords(tenant, RequireSymbols=True)
    resync(tenant)
    observe = PoolFamily.observe

    def decided_meanwhile(family: PoolFamily, site: Any, spec: Any) -> Any:
        found = observe(family, site, spec)
        monkeypatch.setattr(PoolFamily, "observe", observe)
        adopt(tenant, Family.POOL, SYMBOLS)
        return found

    monkeypatch.setattr(PoolFamily, "observe", decided_meanwhile)
    resync(tenant)
    assert record(tenant, Family.POOL).adopted[SYMBOLS]["value"] is True
    assert entry_of(SyncKind.POOL, tenant).is_owed
    run_tenant(tenant)
    assert state_of(tenant, Family.POOL) == ResourceState.IN_SYNC
    assert password_policy(tenant)["RequireSymbols"] is True


def test_what_was_deleted_by_hand_stays_deleted_until_a_person_decides(tenant: Tenant) -> None:
    """It cannot be adopted: Lifeguard needs it."""
    let_grace_pass()
    by_hand.delete_domain(ref_of(tenant), tenant.pool.domain_prefix)
    resync(tenant)
    assert state_of(tenant, Family.DOMAIN) == ResourceState.DRIFTED
    (resource,) = described(list(find_own_drifted(tenant)))
    assert resource.is_gone
    with pytest.raises(ValidationFailed):
        adopt(tenant, Family.DOMAIN)
    restore(tenant, Family.DOMAIN)
    run_tenant(tenant)
    assert live(tenant)["Domain"] == tenant.pool.domain_prefix
    assert state_of(tenant, Family.DOMAIN) == ResourceState.IN_SYNC


def test_a_tenants_own_mode_goes_before_the_fleets(tenant: Tenant) -> None:
    """Choosing REPAIR repairs at once what was only reported."""
    change_passwords(tenant, RequireSymbols=True)
    resync(tenant)
    assert drifted_paths(tenant, Family.POOL) == {SYMBOLS}
    set_drift_mode(tenant.pk, DriftMode.REPAIR, actor=PERSON)
    run_tenant(tenant)
    assert not password_policy(tenant)["RequireSymbols"]
    with pytest.raises(ValidationFailed):
        set_drift_mode(tenant.pk, "whatever", actor=PERSON)
    assert AuditEvent.objects.get(action=Action.DRIFT_MODE_SET).after == {"drift_mode": "repair"}


def test_what_others_made_in_a_pool_is_listed_and_left_alone(cognito: LocalCognito, tenant: Tenant) -> None:
    """By the schedule's comparison; what goes away leaves the list."""
    ref = ref_of(tenant)
    client = by_hand.client_of(ref)
    made = client.create_user_pool_client(UserPoolId=ref.pool_id, ClientName="a-script")["UserPoolClient"]["ClientId"]
    client.create_group(UserPoolId=ref.pool_id, GroupName="by-hand")
    cognito.forget_calls()
    compare(tenant)
    found = set(UnmanagedResource.objects.values_list("family", "name"))
    assert found == {(Family.CLIENT, "a-script"), (Family.GROUP, "by-hand")}
    assert cognito.writes() == []
    client.delete_user_pool_client(UserPoolId=ref.pool_id, ClientId=made)
    compare(tenant)
    assert UnmanagedResource.objects.get().name == "by-hand"
    assert "by-hand" in {each.name for each in inventory.groups(ref, priority=PRIORITY)}
