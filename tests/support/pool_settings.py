"""Values that a pool can be set to, and setting them as an operator does."""

from dataclasses import replace
from typing import Any

from identity.cells import pool_ref
from identity.cognito import pools
from identity.cognito.endpoint import PoolRef
from identity.models import ResourceState
from identity.services.pool_settings import change_pool_settings
from identity.sync import selectors
from tenants.actor import Actor
from tenants.models import Tenant, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import CustomAttribute, PoolTier, Recovery, TakeoverAction, ThreatMode
from tests.factories import OperatorFactory, actor_of
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, nothing_is_owed, resync

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:hook"
OTHER_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:other"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
SES = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
SMS_ROLE = "arn:aws:iam::123456789012:role/lifeguard-sms"
LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:cognito"
BUCKET = "arn:aws:s3:::lifeguard-activity"

MAIL: dict[str, Any] = {
    "ses_source_arn": SES,
    "mail_from": "Acme <no-reply@example.com>",
    "mail_reply_to": "help@example.com",
}
SMS: dict[str, Any] = {"sms_role_arn": SMS_ROLE, "sms_external_id": "lifeguard", "sms_region": "us-east-1"}
TRIGGERS: dict[str, Any] = {
    "triggers": {
        "PreSignUp": FUNCTION,
        "PreTokenGeneration": FUNCTION,
        "CustomEmailSender": FUNCTION,
        "InboundFederation": OTHER_FUNCTION,
    },
    "kms_key_arn": KEY,
}
THREATS: dict[str, Any] = {
    "tier": PoolTier.PLUS,
    "threat_mode": ThreatMode.ENFORCED,
    "takeover_low": TakeoverAction.MFA_IF_CONFIGURED,
    "allowed_ips": ("198.51.100.0/24",),
    "blocked_ips": ("192.0.2.0/24", "2001:db8::/32"),
}
LOGS: dict[str, Any] = {"tier": PoolTier.PLUS, "notification_log_arn": LOG_GROUP, "activity_log_arn": BUCKET}
ATTRIBUTES = (
    CustomAttribute(name="department", maximum=64),
    CustomAttribute(name="badge", type="Number", mutable=False, minimum=1, maximum=9999),
    CustomAttribute(name="hired", type="DateTime"),
)
# Each alone is something that a pool can have.
VARIANTS: dict[str, dict[str, Any]] = {
    "plan": {"tier": PoolTier.PLUS},
    "lite": {"tier": PoolTier.LITE},
    "protection": {"deletion_protection": False},
    "recovery": {"recovery": Recovery.ADMIN_ONLY},
    "passwords": {"password_history": 5, "temporary_password_days": 3},
    "mail": {**MAIL, "mail_configuration_set": "bounces"},
    "email-mfa": {**MAIL, "email_mfa": True, "recovery": Recovery.ADMIN_ONLY},
    "sms": SMS,
    "passkeys": {"passkey_rp_id": "login.example.com", "first_factors": ("WEB_AUTHN",), "passkey_is_mfa": True},
    "codes": {"first_factors": ("EMAIL_OTP",)},
    "devices": {"remembers_devices": True},
    "triggers": TRIGGERS,
    "old-token-trigger": {"triggers": {"PreTokenGeneration": FUNCTION}, "token_trigger_version": "V1_0"},
    "attributes": {"custom_attributes": ATTRIBUTES},
    "threats": THREATS,
    "logs": LOGS,
    "tags": {"tags": {"cost-centre": "42", "a.b": "c"}},
}


def an_operator() -> Actor:
    """Somebody who may change pools."""
    return actor_of(OperatorFactory.create())


def set_on(tenant: Tenant, **changes: Any) -> UserPool:
    """Change some settings of a tenant's pool."""
    pool = UserPool.objects.select_related("cell").get(pk=tenant.pool_id)
    options = replace(options_of(pool), **changes)
    return change_pool_settings(pool.pk, options, confirmed=True, actor=an_operator())


def ref_of(tenant: Tenant) -> PoolRef:
    """Where a tenant's pool is in Cognito."""
    return pool_ref(UserPool.objects.select_related("cell").get(pk=tenant.pool_id))


def live(tenant: Tenant) -> dict[str, Any]:
    """The pool as Cognito describes it, without what changes by itself."""
    document = dict(pools.describe_pool(ref_of(tenant), priority=PRIORITY).document)
    mfa = pools.get_mfa_config(ref_of(tenant), priority=PRIORITY).document
    return {**document, "mfa": mfa, "LastModifiedDate": None}


def states(tenant: Tenant) -> dict[str, ResourceState]:
    """The state of each of a tenant's resources."""
    return {view.family: view.state for view in selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))}


def assert_settled(cognito: LocalCognito, tenant: Tenant) -> None:
    """Everything is in sync, and another pass writes nothing."""
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}, selectors.resources_for_tenant(tenant)
    cognito.forget_calls()
    resync(tenant)
    assert nothing_is_owed()
    assert cognito.writes() == []
