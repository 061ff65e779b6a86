"""Which calls a pool's settings cost, and in which order they are made."""

from datetime import UTC, datetime

import pytest

from identity.models import ResourceState
from identity.sync import schedule
from identity.sync.write_lease import WriteGuard
from tenants.models import MfaPolicy, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.pool_options import PoolOptions, PoolTier, Recovery
from tests.support.cognito import LocalCognito
from tests.support.pool_settings import (
    ATTRIBUTES,
    FUNCTION,
    LOGS,
    MAIL,
    SMS,
    THREATS,
    VARIANTS,
    assert_settled,
    live,
    set_on,
    states,
)
from tests.support.sync import Onboard, entry_of, make_due, nothing_is_owed, resync, run_tenant

variants = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant.refresh_from_db()
    assert nothing_is_owed()
    return tenant


def test_a_new_pool_has_its_attributes_from_the_start(cognito: LocalCognito, onboard: Onboard) -> None:
    """And costs no call more than one without."""
    tenant = onboard(PoolKind.DEDICATED)
    set_on(tenant, custom_attributes=ATTRIBUTES)
    cognito.forget_calls()
    run_tenant(tenant)
    expected = ["CreateUserPool", "SetUserPoolMfaConfig", "CreateUserPoolDomain", "CreateUserPoolClient"]
    assert cognito.operations() == expected


def test_what_is_not_set_costs_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    """Threat protection and logs are looked at only where there is something to say, or was."""
    cognito.forget_calls()
    resync(tenant)
    usual = sorted(cognito.operations())
    assert usual == ["DescribeUserPool", "DescribeUserPoolClient", "DescribeUserPoolDomain", "GetUserPoolMfaConfig"]
    set_on(tenant, **{**THREATS, **LOGS})
    run_tenant(tenant)
    off = PoolOptions()
    set_on(tenant, **{name: getattr(off, name) for name in {**THREATS, **LOGS}})
    run_tenant(tenant)
    cognito.forget_calls()
    resync(tenant)
    assert sorted(cognito.operations()) == usual


def test_a_lower_plan_switches_off_first_what_it_lacks(cognito: LocalCognito, tenant: Tenant) -> None:
    """In an order that Cognito takes, whatever was on."""
    everything = {
        **THREATS,
        **LOGS,
        **MAIL,
        "email_mfa": True,
        "recovery": Recovery.ADMIN_ONLY,
        "passkey_rp_id": "login.example.com",
        "first_factors": ("WEB_AUTHN", "EMAIL_OTP"),
        "password_history": 5,
        "triggers": {"PreTokenGeneration": FUNCTION},
    }
    set_on(tenant, **everything)
    run_tenant(tenant)
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}
    options = {name: getattr(PoolOptions(), name) for name in everything}
    set_on(tenant, **{**options, "tier": PoolTier.LITE})
    cognito.forget_calls()
    run_tenant(tenant)
    assert live(tenant)["UserPoolTier"] == "LITE"
    assert {call.error for call in cognito.calls() if call.error} <= {"UserPoolAddOnNotEnabledException"}
    assert_settled(cognito, tenant)
    set_on(tenant, **everything)
    run_tenant(tenant)
    assert_settled(cognito, tenant)


def test_codes_become_the_way_in_where_mfa_was_required(tenant: Tenant) -> None:
    """Both change at once, and each is written by an operation of its own."""
    tenant.policy.mfa = MfaPolicy.REQUIRED
    tenant.policy.save(update_fields=["mfa"])
    resync(tenant)
    tenant.policy.mfa = MfaPolicy.OFF
    tenant.policy.save(update_fields=["mfa"])
    set_on(tenant, first_factors=("EMAIL_OTP",))
    run_tenant(tenant)
    found = live(tenant)
    assert set(found["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]) == {"PASSWORD", "EMAIL_OTP"}
    assert found["mfa"]["MfaConfiguration"] == "OFF"
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}


def test_the_right_to_write_is_asked_for_before_each_write(
    cognito: LocalCognito, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is overtaken between two writes stops there."""
    asked: list[int] = []
    before_write = WriteGuard.before_write

    def counted(guard: WriteGuard) -> None:
        asked.append(len(cognito.writes()))
        before_write(guard)

    monkeypatch.setattr(WriteGuard, "before_write", counted)
    set_on(tenant, password_history=3, custom_attributes=ATTRIBUTES)
    cognito.forget_calls()
    run_tenant(tenant)
    assert cognito.writes() == ["UpdateUserPool", "AddCustomAttributes"]
    assert {0, 1, 2} <= set(asked)


def scheduled_reads(cognito: LocalCognito, tenant: Tenant) -> int:
    """Carry out the schedule's comparison of a tenant and its pool, and return how many calls it took."""
    OutboxEntry.objects.update(settled_at=datetime(2020, 1, 1, tzinfo=UTC))
    while not (entry_of(SyncKind.POOL, tenant).is_owed and entry_of(SyncKind.TENANT, tenant).is_owed):
        assert schedule.schedule_comparisons() > 0
    make_due()
    cognito.forget_calls()
    run_tenant(tenant)
    assert nothing_is_owed()
    assert cognito.writes() == []
    return len(cognito.calls())


def test_a_converged_tenant_costs_few_reads(cognito: LocalCognito, tenant: Tenant) -> None:
    """Eight with everything that is not set, what others made in the pool included; one more for each family more."""
    assert scheduled_reads(cognito, tenant) == 8
    set_on(tenant, **MAIL, **SMS, triggers={"PreSignUp": FUNCTION}, custom_attributes=ATTRIBUTES)
    run_tenant(tenant)
    assert scheduled_reads(cognito, tenant) == 8
    set_on(tenant, **{**THREATS, **LOGS})
    run_tenant(tenant)
    assert scheduled_reads(cognito, tenant) == 10
