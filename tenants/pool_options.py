"""What a user pool can be set to, as plain values: the same for forms, rules, tables and the reconciler. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class PoolTier(models.TextChoices):
    """A pool's feature plan; each has everything of the one before it."""

    LITE = "lite", _("Lite")
    ESSENTIALS = "essentials", _("Essentials")
    PLUS = "plus", _("Plus")


class Recovery(models.TextChoices):
    """How somebody who forgot their password gets back in."""

    EMAIL = "email", _("By a code sent to their verified e-mail address")
    ADMIN_ONLY = "admin_only", _("By an administrator alone")


class ThreatMode(models.TextChoices):
    """What Cognito does about sign-ins that look dangerous."""

    OFF = "off", _("Off")
    AUDIT = "audit", _("Watch and record, change nothing")
    ENFORCED = "enforced", _("Act as set below")


class TakeoverAction(models.TextChoices):
    """What happens to a sign-in of some risk; the values are Cognito's."""

    NO_ACTION = "NO_ACTION", _("Let it pass")
    MFA_IF_CONFIGURED = "MFA_IF_CONFIGURED", _("Ask for a second factor, of who has one")
    MFA_REQUIRED = "MFA_REQUIRED", _("Ask for a second factor, and block who has none")
    BLOCK = "BLOCK", _("Block it")


class UserVerification(models.TextChoices):
    """Whether a passkey asks for a fingerprint, face or PIN."""

    REQUIRED = "required", _("Always")
    PREFERRED = "preferred", _("Where the device can")


class FirstFactor(models.TextChoices):
    """What a user may begin a sign-in with besides the password; the values are Cognito's."""

    WEB_AUTHN = "WEB_AUTHN", _("Passkey")
    EMAIL_OTP = "EMAIL_OTP", _("Code by e-mail")
    SMS_OTP = "SMS_OTP", _("Code by SMS")


class TokenTrigger(models.TextChoices):
    """What the pre-token-generation function is given and may change; the values are Cognito's."""

    V1_0 = "V1_0", _("Version 1: ID token")
    V2_0 = "V2_0", _("Version 2: ID and access tokens")
    V3_0 = "V3_0", _("Version 3: also tokens of machines")


class AttributeType(models.TextChoices):
    """The type of a custom attribute; the values are Cognito's."""

    STRING = "String", _("Text")
    NUMBER = "Number", _("Number")
    DATE_TIME = "DateTime", _("Date and time")
    BOOLEAN = "Boolean", _("Yes or no")


# Where an identity provider's groups, and its word on how somebody signed in, come through Cognito on their way to us;
# every pool of ours has both. Cognito's limits: 20 characters for a name, 2048 for a text ("Working with user
# attributes").
GROUPS_ATTRIBUTE, METHODS_ATTRIBUTE = "lifeguard_groups", "lifeguard_methods"
OUR_ATTRIBUTES = (GROUPS_ATTRIBUTE, METHODS_ATTRIBUTE)
LONGEST_TEXT = 2048


@dataclass(frozen=True, kw_only=True)
class CustomAttribute:
    """An attribute of the pool's own.

    Args:
        name: without Cognito's prefix `custom:`.
        type: an `AttributeType`.
        mutable: whether a user's value may change once it was set.
        minimum: the least length of a text, or the least number; None for no bound.
        maximum: the greatest.
    """

    name: str
    type: str = AttributeType.STRING
    mutable: bool = True
    minimum: int | None = None
    maximum: int | None = None


# Lambda triggers by Cognito's names. What is in `VERSIONED` is configured with a version.
MESSAGE_TRIGGER = "CustomMessage"
PLAIN_TRIGGERS = (
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    MESSAGE_TRIGGER,
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "UserMigration",
)
TOKEN_TRIGGER = "PreTokenGeneration"  # noqa: S105  # The name of a trigger.
CUSTOM_SENDERS = ("CustomEmailSender", "CustomSMSSender")
VERSIONED_TRIGGERS = (*CUSTOM_SENDERS, "InboundFederation")
TRIGGERS = (*PLAIN_TRIGGERS, TOKEN_TRIGGER, *VERSIONED_TRIGGERS)


@dataclass(frozen=True, kw_only=True)
class PoolOptions:
    """Everything an operator can set on a pool. The defaults are what a pool has of which nobody set anything.

    Args:
        first_factors: `FirstFactor`s beside the password, in Cognito's names.
        ses_source_arn: the Amazon SES identity that mail is sent as; empty for Cognito's own sender, 50 a day.
        triggers: the ARN of a function by the name of its trigger.
        kms_key_arn: the key with which codes for custom senders are encrypted.
        passkey_rp_id: the host name that passkeys belong to; empty where passkeys were never set up.
        passkey_is_mfa: whether a passkey with user verification counts as two factors.
        sms_role_arn: the role as which Cognito sends SMS; empty where SMS was never set up.
        remembers_devices: whether people may have a browser remembered, in which no second factor is asked for then.
        notification_log_arn: a CloudWatch log group for messages that could not be delivered.
        activity_log_arn: a log group, S3 bucket or Firehose stream for what users do.
        removed_tags: names of tags that were set here once and are to be gone.
    """

    tier: str = PoolTier.ESSENTIALS
    deletion_protection: bool = True
    recovery: str = Recovery.EMAIL
    password_history: int = 0
    temporary_password_days: int = 7
    first_factors: tuple[str, ...] = ()
    ses_source_arn: str = ""
    mail_from: str = ""
    mail_reply_to: str = ""
    mail_configuration_set: str = ""
    email_mfa: bool = False
    sms_role_arn: str = ""
    sms_external_id: str = ""
    sms_region: str = ""
    remembers_devices: bool = False
    passkey_rp_id: str = ""
    passkey_user_verification: str = UserVerification.REQUIRED
    passkey_is_mfa: bool = False
    triggers: Mapping[str, str] = field(default_factory=dict)
    token_trigger_version: str = TokenTrigger.V2_0
    kms_key_arn: str = ""
    custom_attributes: tuple[CustomAttribute, ...] = ()
    threat_mode: str = ThreatMode.OFF
    block_compromised: bool = True
    takeover_low: str = TakeoverAction.NO_ACTION
    takeover_medium: str = TakeoverAction.MFA_IF_CONFIGURED
    takeover_high: str = TakeoverAction.BLOCK
    allowed_ips: tuple[str, ...] = ()
    blocked_ips: tuple[str, ...] = ()
    notification_log_arn: str = ""
    activity_log_arn: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    removed_tags: tuple[str, ...] = ()

    @property
    def uses_ses(self) -> bool:
        """Say whether mail goes out through Amazon SES."""
        return bool(self.ses_source_arn)

    @property
    def has_risk_settings(self) -> bool:
        """Say whether Cognito is to have rules for dangerous sign-ins."""
        return self.threat_mode != ThreatMode.OFF

    @property
    def has_log_delivery(self) -> bool:
        """Say whether anything is to be logged."""
        return bool(self.notification_log_arn or self.activity_log_arn)


def as_column(value: Any) -> Any:
    """Return an option as its table holds it."""
    if isinstance(value, tuple):
        return [vars(item) if isinstance(item, CustomAttribute) else item for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def from_column(name: str, value: Any) -> Any:
    """Return what a table holds as an option."""
    if name == "custom_attributes":
        return tuple(CustomAttribute(**item) for item in value)
    return tuple(value) if isinstance(value, list) else value
