"""What an operator sets on a pool comes to be in Cognito, stays, and goes again."""

from typing import Any

import pytest

from identity.cognito import log_delivery, pools, risk
from identity.cognito.merge import merge_mfa_update, merge_pool_update
from identity.models import ResourceState
from tenants.audit_actions import Action
from tenants.models import AuditEvent, MfaPolicy, PoolKind, Tenant
from tenants.pool_options import CustomAttribute, PoolOptions
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
    assert_settled,
    live,
    ref_of,
    set_on,
    states,
)
from tests.support.sync import PRIORITY, Onboard, nothing_is_owed, resync, run_tenant

variants = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant.refresh_from_db()
    assert nothing_is_owed()
    return tenant


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
