"""What a user pool should look like, and the requests that say so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from identity.cognito.triggers import Triggers, lambda_config


class Tier(StrEnum):
    """A pool's feature plan."""

    LITE = "LITE"
    ESSENTIALS = "ESSENTIALS"
    PLUS = "PLUS"


class MfaMode(StrEnum):
    """Whether a pool asks its local users for a second factor."""

    OFF = "OFF"
    OPTIONAL = "OPTIONAL"
    REQUIRED = "ON"


class ThreatMode(StrEnum):
    """What threat protection does about risks that it finds."""

    OFF = "OFF"
    AUDIT = "AUDIT"
    ENFORCED = "ENFORCED"


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """A pool's rules for passwords.

    ``history`` is how many earlier passwords are refused (0 to 24; Essentials and up); ``temporary_days`` is how long a
    temporary password is valid.
    """

    minimum_length: int = 12
    uppercase: bool = True
    lowercase: bool = True
    numbers: bool = True
    symbols: bool = False
    history: int = 0
    temporary_days: int = 7


@dataclass(frozen=True, slots=True)
class SesSender:
    """The Amazon SES identity that a pool sends mail as; without one Cognito sends 50 a day itself.

    ``sender`` and ``reply_to`` are addresses, ``configuration_set`` is the name of a set of SES; each may be empty.
    """

    source_arn: str
    sender: str = ""
    reply_to: str = ""
    configuration_set: str = ""


@dataclass(frozen=True, slots=True)
class SchemaAttribute:
    """A custom attribute, named without ``custom:``. Bounds are lengths of a String or values of a Number."""

    name: str
    type: str
    mutable: bool = True
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """The settings of a user pool that Lifeguard decides.

    ``email_alias`` lets users sign in with a verified e-mail address in place of the username. It cannot be changed
    after the pool is created; neither can the case-insensitive usernames, which every pool of ours has.
    ``first_factors`` are those besides the password, by Cognito's names; ``removed_tags`` are names of tags that must
    not be there. ``remembers_devices`` lets users have devices remembered that then need no second factor.
    """

    name: str
    email_alias: bool
    tier: Tier = Tier.ESSENTIALS
    deletion_protection: bool = True
    password_policy: PasswordPolicy = PasswordPolicy()
    tags: Mapping[str, str] = field(default_factory=dict)
    removed_tags: tuple[str, ...] = ()
    recovery_by_email: bool = True
    first_factors: tuple[str, ...] = ()
    sender: SesSender | None = None
    triggers: Triggers = field(default_factory=Triggers)
    threat_mode: ThreatMode = ThreatMode.OFF
    remembers_devices: bool = False
    attributes: tuple[SchemaAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class SmsSender:
    """The IAM role as which Cognito sends SMS, the external id that it sends along, and the Region of Amazon SNS."""

    role_arn: str
    external_id: str
    region: str


@dataclass(frozen=True, slots=True)
class PasskeySpec:
    """Passkeys: the host name that they belong to, and what they prove.

    ``counts_as_two`` makes a passkey with user verification satisfy required MFA.
    """

    rp_id: str
    user_verification: str
    counts_as_two: bool = False


@dataclass(frozen=True, slots=True)
class MfaSpec:
    """A pool's second factors: the mode, and which may be one. Passkeys are configured here too, but are first factors.

    What is ``None`` is not Lifeguard's: SMS, once configured, cannot be taken back, and passkeys belong to their host.
    """

    mode: MfaMode
    totp: bool = True
    email: bool = False
    sms: SmsSender | None = None
    passkeys: PasskeySpec | None = None


PASSWORD_ALONE = ("PASSWORD",)
# A remembered device takes the place of the second factor, and is remembered only when its user says so.
_REMEMBERING = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}


def pool_settings(spec: PoolSpec) -> dict[str, Any]:
    """The members of UpdateUserPool that ``spec`` decides: the ``changes`` for ``merge.merge_pool_update``.

    As there, ``None`` stands for a member that must be absent.
    """
    recovery = "verified_email" if spec.recovery_by_email else "admin_only"
    return {
        "PoolName": spec.name,
        "UserPoolTier": spec.tier.value,
        "DeletionProtection": "ACTIVE" if spec.deletion_protection else "INACTIVE",
        "Policies": {
            "PasswordPolicy": _password_policy(spec.password_policy),
            "SignInPolicy": {"AllowedFirstAuthFactors": [*PASSWORD_ALONE, *spec.first_factors]},
        },
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": recovery, "Priority": 1}]},
        "AutoVerifiedAttributes": ["email"],
        # A user's new address counts only once a code sent to it has come back.
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        # Any value in it switches tracking on, be it false (API reference, DeviceConfigurationType): absent is off.
        "DeviceConfiguration": dict(_REMEMBERING) if spec.remembers_devices else None,
        "EmailConfiguration": _email(spec.sender),
        "LambdaConfig": lambda_config(spec.triggers),
        "UserPoolAddOns": {"AdvancedSecurityMode": spec.threat_mode.value},
        "UserPoolTags": {**dict(spec.tags), **dict.fromkeys(spec.removed_tags)},
    }


def mfa_settings(spec: MfaSpec) -> dict[str, Any]:
    """The members of SetUserPoolMfaConfig that ``spec`` decides; codes by e-mail are on where their member is there."""
    settings: dict[str, Any] = {
        "MfaConfiguration": spec.mode.value,
        "SoftwareTokenMfaConfiguration": {"Enabled": spec.totp},
    }
    if spec.email:
        settings["EmailMfaConfiguration"] = {}
    if spec.sms is not None:
        caller = {
            "SnsCallerArn": spec.sms.role_arn,
            "ExternalId": spec.sms.external_id,
            "SnsRegion": spec.sms.region,
        }
        settings["SmsMfaConfiguration"] = {"SmsConfiguration": caller}
    if spec.passkeys is not None:
        both = spec.passkeys.counts_as_two
        settings["WebAuthnConfiguration"] = {
            "RelyingPartyId": spec.passkeys.rp_id,
            "UserVerification": spec.passkeys.user_verification,
            "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" if both else "SINGLE_FACTOR",
        }
    return settings


def create_pool_request(spec: PoolSpec) -> dict[str, Any]:
    """The CreateUserPool request for ``spec``. MFA is off: CreateUserPool can configure no factor but SMS."""
    request = _without_none(pool_settings(spec))
    request["UsernameConfiguration"] = {"CaseSensitive": False}
    if spec.email_alias:
        request["AliasAttributes"] = ["email"]
    # A plan without these features may refuse even their being switched off.
    if not spec.first_factors:
        del request["Policies"]["SignInPolicy"]
    if spec.threat_mode is ThreatMode.OFF:
        del request["UserPoolAddOns"]
    if spec.attributes:
        request["Schema"] = [schema_attribute(attribute) for attribute in spec.attributes]
    return request


def schema_attribute(attribute: SchemaAttribute) -> dict[str, Any]:
    """An attribute as CreateUserPool and AddCustomAttributes take it."""
    declared: dict[str, Any] = {
        "Name": attribute.name,
        "AttributeDataType": attribute.type,
        "Mutable": attribute.mutable,
    }
    if bounds := bound_members(attribute):
        least, greatest = bounds[1:]
        given = {least: attribute.minimum, greatest: attribute.maximum}
        constraints = {name: str(value) for name, value in given.items() if value is not None}
        if constraints:
            declared[bounds[0]] = constraints
    return declared


def bound_members(attribute: SchemaAttribute) -> tuple[str, str, str] | None:
    """The member with an attribute's bounds, and those of the lower and the upper one; None for a type without."""
    return {
        "String": ("StringAttributeConstraints", "MinLength", "MaxLength"),
        "Number": ("NumberAttributeConstraints", "MinValue", "MaxValue"),
    }.get(attribute.type)


def _email(sender: SesSender | None) -> dict[str, Any]:
    return {
        "EmailSendingAccount": "DEVELOPER" if sender else "COGNITO_DEFAULT",
        "SourceArn": sender.source_arn if sender else None,
        "From": (sender.sender or None) if sender else None,
        "ReplyToEmailAddress": (sender.reply_to or None) if sender else None,
        "ConfigurationSet": (sender.configuration_set or None) if sender else None,
    }


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_none(value) if isinstance(value, Mapping) else value
        for name, value in members.items()
        if value is not None
    }


def _password_policy(policy: PasswordPolicy) -> dict[str, Any]:
    return {
        "MinimumLength": policy.minimum_length,
        "RequireUppercase": policy.uppercase,
        "RequireLowercase": policy.lowercase,
        "RequireNumbers": policy.numbers,
        "RequireSymbols": policy.symbols,
        "TemporaryPasswordValidityDays": policy.temporary_days,
        # The Lite plan refuses the member even with 0, so that no history is said by leaving it out.
        "PasswordHistorySize": policy.history or None,
    }
