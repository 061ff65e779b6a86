"""What an operator sets on a pool comes to be in Cognito, stays, and goes again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from identity.cells import pool_ref
from identity.cognito import log_delivery, pools, risk
from identity.cognito.endpoint import PoolRef
from identity.cognito.merge import merge_mfa_update, merge_pool_update
from identity.models import ResourceState
from identity.sync import schedule, selectors
from identity.sync.write_lease import WriteGuard
from tenants.models import AuditEvent, MfaPolicy, OutboxEntry, PoolKind, SyncKind, Tenant, UserPool
from tenants.pool_options import CustomAttribute, PoolOptions, PoolTier, Recovery
from tenants.services.audit import Action
from tests.support import by_hand
from tests.support.cognito import LocalCognito
from tests.support.pool_settings import (
    ATTRIBUTES,
    FUNCTION,
    KEY,
    LOG_GROUP,
    LOGS,
    MAIL,
    OTHER_FUNCTION,
    SMS,
    THREATS,
    TRIGGERS,
    VARIANTS,
    set_on,
)
from tests.support.sync import PRIORITY, Onboard, entry_of, make_due, nothing_is_owed, resync, run_tenant

variants = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant.refresh_from_db()
    assert nothing_is_owed()
    return tenant


def ref_of(tenant: Tenant) -> PoolRef:
    return pool_ref(UserPool.objects.select_related("cell").get(pk=tenant.pool_id))


def live(tenant: Tenant) -> dict[str, Any]:
    """The pool as Cognito describes it, without what changes by itself."""
    document = dict(pools.describe_pool(ref_of(tenant), priority=PRIORITY).document)
    mfa = pools.get_mfa_config(ref_of(tenant), priority=PRIORITY).document
    return {**document, "mfa": mfa, "LastModifiedDate": None}


def states(tenant: Tenant) -> dict[str, ResourceState]:
    return {view.family: view.state for view in selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))}


def assert_settled(cognito: LocalCognito, tenant: Tenant) -> None:
    """Everything is in sync, and another pass writes nothing."""
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}, selectors.resources_for_tenant(tenant)
    cognito.forget_calls()
    resync(tenant)
    assert nothing_is_owed()
    assert cognito.writes() == []


@variants
def test_a_setting_is_applied(cognito: LocalCognito, tenant: Tenant, changes: dict[str, Any]) -> None:
    set_on(tenant, **changes)
    run_tenant(tenant)
    assert_settled(cognito, tenant)


@variants
def test_a_pool_is_made_with_a_setting(cognito: LocalCognito, onboard: Onboard, changes: dict[str, Any]) -> None:
    tenant = onboard(PoolKind.DEDICATED)
    set_on(tenant, **changes)
    run_tenant(tenant)
    assert_settled(cognito, tenant)


# What Cognito keeps for ever is not among them.
REVERSIBLE = {name: changes for name, changes in VARIANTS.items() if name not in ("sms", "attributes")}


@pytest.mark.parametrize("changes", REVERSIBLE.values(), ids=REVERSIBLE)
def test_a_setting_is_taken_back(cognito: LocalCognito, tenant: Tenant, changes: dict[str, Any]) -> None:
    """The pool is as it was before; only passkeys leave the name of their host behind."""
    before = live(tenant)
    set_on(tenant, **changes)
    run_tenant(tenant)
    set_on(tenant, **{name: getattr(PoolOptions(), name) for name in changes})
    run_tenant(tenant)
    assert_settled(cognito, tenant)
    after = live(tenant)
    after["mfa"].pop("WebAuthnConfiguration", None)
    after.pop("WebAuthnConfiguration", None)
    assert {**after, "UserPoolAddOns": None} == {**before, "UserPoolAddOns": None}


def test_each_setting_is_where_it_belongs(tenant: Tenant) -> None:
    set_on(tenant, **{**TRIGGERS, **MAIL, **THREATS, **LOGS}, password_history=5, temporary_password_days=3, **SMS)
    run_tenant(tenant)
    found = live(tenant)
    assert found["UserPoolTier"] == "PLUS"
    assert found["Policies"]["PasswordPolicy"]["PasswordHistorySize"] == 5
    assert found["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 3
    assert found["EmailConfiguration"]["EmailSendingAccount"] == "DEVELOPER"
    assert found["EmailConfiguration"]["ReplyToEmailAddress"] == "help@example.com"
    assert found["LambdaConfig"] == {
        "PreSignUp": FUNCTION,
        "PreTokenGeneration": FUNCTION,
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION},
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION},
        "InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": OTHER_FUNCTION},
        "KMSKeyID": KEY,
    }
    assert found["mfa"]["SmsMfaConfiguration"]["SmsConfiguration"]["ExternalId"] == "lifeguard"
    rules = risk.describe_risk(ref_of(tenant), priority=PRIORITY)
    assert rules is not None
    assert rules["AccountTakeoverRiskConfiguration"]["Actions"]["HighAction"]["EventAction"] == "BLOCK"
    assert rules["RiskExceptionConfiguration"]["BlockedIPRangeList"] == ["192.0.2.0/24", "2001:db8::/32"]
    assert log_delivery.get_log_delivery(ref_of(tenant), priority=PRIORITY) == {
        "userNotification": LOG_GROUP,
        "userAuthEvents": LOGS["activity_log_arn"],
    }


def test_attributes_are_added_and_not_asked_for_again(cognito: LocalCognito, tenant: Tenant) -> None:
    """At most 25 a call; those that are there stay as they are."""
    many = tuple(CustomAttribute(name=f"attribute-{number}") for number in range(30))
    cognito.forget_calls()
    set_on(tenant, custom_attributes=many)
    run_tenant(tenant)
    assert cognito.writes() == ["AddCustomAttributes", "AddCustomAttributes"]
    set_on(tenant, custom_attributes=(*many, *ATTRIBUTES))
    cognito.forget_calls()
    run_tenant(tenant)
    assert cognito.writes() == ["AddCustomAttributes"]
    schema = {each["Name"]: each for each in live(tenant)["SchemaAttributes"]}
    assert schema["custom:badge"]["AttributeDataType"] == "Number"
    assert schema["custom:badge"]["NumberAttributeConstraints"] == {"MinValue": "1", "MaxValue": "9999"}
    assert schema["custom:badge"]["Mutable"] is False


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


def test_what_somebody_changes_by_hand_is_repaired(tenant: Tenant) -> None:
    """A function that reads passwords, say, or threat protection that is off."""
    set_on(tenant, **THREATS)
    run_tenant(tenant)
    document = pools.describe_pool(ref_of(tenant), priority=PRIORITY).document
    by_somebody = {
        "LambdaConfig": {"UserMigration": FUNCTION},
        "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]},
    }
    pools.update_pool(ref_of(tenant), merge_pool_update(document, by_somebody), priority=PRIORITY)
    resync(tenant)
    found = live(tenant)
    assert found["LambdaConfig"] == {}
    assert found["UserPoolAddOns"] == {"AdvancedSecurityMode": "ENFORCED"}
    assert found["AccountRecoverySetting"]["RecoveryMechanisms"][0]["Name"] == "verified_email"
    events = AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert events.filter(before__contains={"LambdaConfig.UserMigration": FUNCTION}).exists()
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}


def test_rules_and_logs_changed_by_hand_are_repaired(tenant: Tenant) -> None:
    set_on(tenant, **{**THREATS, **LOGS})
    run_tenant(tenant)
    client = by_hand.client_of(ref_of(tenant))
    client.set_risk_configuration(UserPoolId=ref_of(tenant).pool_id)
    client.set_log_delivery_configuration(UserPoolId=ref_of(tenant).pool_id, LogConfigurations=[])
    resync(tenant)
    assert risk.describe_risk(ref_of(tenant), priority=PRIORITY) is not None
    assert set(log_delivery.get_log_delivery(ref_of(tenant), priority=PRIORITY)) == {
        "userNotification",
        "userAuthEvents",
    }
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}


def test_what_others_set_beside_ours_stays(tenant: Tenant) -> None:
    """Messages, tags, mails about risks: no update of ours resets them."""
    set_on(tenant, **THREATS, tags={"team": "a"})
    run_tenant(tenant)
    client, pool_id = by_hand.client_of(ref_of(tenant)), ref_of(tenant).pool_id
    document = pools.describe_pool(ref_of(tenant), priority=PRIORITY).document
    foreign = {"EmailVerificationSubject": "Hello", "UserPoolTags": {**document["UserPoolTags"], "theirs": "1"}}
    pools.update_pool(ref_of(tenant), merge_pool_update(document, foreign), priority=PRIORITY)
    rules = client.describe_risk_configuration(UserPoolId=pool_id)["RiskConfiguration"]
    notify = {"SourceArn": MAIL["ses_source_arn"], "From": "security@example.com"}
    takeover = {**rules["AccountTakeoverRiskConfiguration"], "NotifyConfiguration": notify}
    client.set_risk_configuration(
        UserPoolId=pool_id,
        AccountTakeoverRiskConfiguration=takeover,  # type: ignore[arg-type]  # As it was described.
        CompromisedCredentialsRiskConfiguration=rules["CompromisedCredentialsRiskConfiguration"],
        RiskExceptionConfiguration=rules["RiskExceptionConfiguration"],
    )
    set_on(tenant, tags={}, block_compromised=False, password_history=3)
    run_tenant(tenant)
    found = live(tenant)
    assert found["EmailVerificationSubject"] == "Hello"
    assert found["UserPoolTags"]["theirs"] == "1"
    assert "team" not in found["UserPoolTags"]
    kept = risk.describe_risk(ref_of(tenant), priority=PRIORITY)
    assert kept is not None
    assert kept["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"] == notify
    assert kept["CompromisedCredentialsRiskConfiguration"]["Actions"] == {"EventAction": "NO_ACTION"}


def test_mfa_is_off_although_sms_is_set_up(tenant: Tenant) -> None:
    """Cognito cannot forget the role, and takes no factor beside "off"."""
    set_on(tenant, **SMS)
    run_tenant(tenant)
    tenant.policy.mfa = MfaPolicy.OFF
    tenant.policy.save(update_fields=["mfa"])
    resync(tenant)
    assert live(tenant)["mfa"]["MfaConfiguration"] == "OFF"
    assert states(tenant)["mfa"] == ResourceState.IN_SYNC


def test_factors_that_others_added_stay(tenant: Tenant) -> None:
    document = pools.get_mfa_config(ref_of(tenant), priority=PRIORITY).document
    passkeys = {"WebAuthnConfiguration": {"RelyingPartyId": "theirs.example.com", "UserVerification": "preferred"}}
    pools.set_mfa_config(ref_of(tenant), merge_mfa_update(document, passkeys), priority=PRIORITY)
    tenant.policy.mfa = MfaPolicy.REQUIRED
    tenant.policy.save(update_fields=["mfa"])
    resync(tenant)
    found = live(tenant)["mfa"]
    assert found["MfaConfiguration"] == "ON"
    assert found["WebAuthnConfiguration"]["RelyingPartyId"] == "theirs.example.com"


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
