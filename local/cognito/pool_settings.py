"""A pool's settings: defaults for what a request omits, and the rules between settings."""

from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc

_PASSWORD_DEFAULTS: Doc = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
_PARTIAL_PASSWORD_DEFAULTS: Doc = {
    **_PASSWORD_DEFAULTS,
    "RequireUppercase": False,
    "RequireLowercase": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
}
_ESSENTIALS_FACTORS = frozenset({"EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN"})

# Settings that both CreateUserPool and UpdateUserPool take; an update that omits one resets it to its default
# (B:UpdateUserPoolRequest).
_RESETTABLE = (
    "LambdaConfig",
    "AutoVerifiedAttributes",
    "SmsVerificationMessage",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "SmsAuthenticationMessage",
    "UserAttributeUpdateSettings",
    "DeviceConfiguration",
    "SmsConfiguration",
    "UserPoolAddOns",
    "AccountRecoverySetting",
    "KeyConfiguration",
    "IssuerConfiguration",
)


def settings_with_defaults(params: Doc) -> Doc:
    """The settings that `params` of a create or update describe, complete with Cognito's defaults."""
    given = {name: params[name] for name in _RESETTABLE if name in params}
    return {
        "LambdaConfig": {},
        **given,
        "Policies": _policies(params.get("Policies", {})),
        "DeletionProtection": params.get("DeletionProtection", "INACTIVE"),
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
            **params.get("VerificationMessageTemplate", {}),
        },
        "MfaConfiguration": params.get("MfaConfiguration", "OFF"),
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT", **params.get("EmailConfiguration", {})},
        "UserPoolTags": params.get("UserPoolTags", {}),
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": False,
            "UnusedAccountValidityDays": 7,
            **params.get("AdminCreateUserConfig", {}),
        },
        # Omitted tier means ESSENTIALS (B:CreateUserPoolRequest).
        "UserPoolTier": params.get("UserPoolTier", "ESSENTIALS"),
    }


def _policies(given: Doc) -> Doc:
    password = given.get("PasswordPolicy")
    sign_in = given.get("SignInPolicy", {})
    return {
        "PasswordPolicy": dict(_PASSWORD_DEFAULTS) if password is None else {**_PARTIAL_PASSWORD_DEFAULTS, **password},
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"], **sign_in},
    }


def check_settings(settings: Doc) -> None:
    """Raise where settings contradict each other or the pool's tier."""
    _check_first_factors(settings)
    _check_tier(settings)
    _check_email(settings)
    _check_recovery(settings)
    _check_senders(settings["LambdaConfig"])
    _check_key(settings.get("KeyConfiguration", {}))
    if len(settings["UserPoolTags"]) > 50:  # B:TagResource
        raise invalid("A user pool has at most 50 tags.")


def _check_first_factors(settings: Doc) -> None:
    factors = settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    if "PASSWORD" not in factors:
        raise invalid("AllowedFirstAuthFactors must include PASSWORD.")
    # MFA required forbids OTP first factors (DG:user-pool-settings-mfa).
    if settings["MfaConfiguration"] == "ON" and {"EMAIL_OTP", "SMS_OTP"} & set(factors):
        raise invalid("One-time passwords cannot be a first factor while MFA is required.")


def _check_tier(settings: Doc) -> None:
    """What a feature plan lacks cannot be switched on (DG:cognito-sign-in-feature-plans)."""
    tier = settings["UserPoolTier"]
    threat_mode = settings.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF")
    if threat_mode != "OFF" and tier != "PLUS":
        raise _unavailable("Threat protection", "PLUS")
    if tier != "LITE":
        return
    if _ESSENTIALS_FACTORS & set(settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]):
        raise _unavailable("Choice-based sign-in", "ESSENTIALS")
    version = settings["LambdaConfig"].get("PreTokenGenerationConfig", {}).get("LambdaVersion", "V1_0")
    if version != "V1_0":
        raise _unavailable("Access token customization", "ESSENTIALS")


def _unavailable(feature: str, tier: str) -> ServiceError:
    return ServiceError("FeatureUnavailableInTierException", f"{feature} needs the {tier} feature plan.")


def _check_email(settings: Doc) -> None:
    email = settings["EmailConfiguration"]
    if email["EmailSendingAccount"] == "DEVELOPER" and not email.get("SourceArn"):
        raise invalid("SourceArn is required when EmailSendingAccount is DEVELOPER.")


def _check_recovery(settings: Doc) -> None:
    names = [item["Name"] for item in settings.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])]
    if "admin_only" in names and len(names) > 1:
        raise invalid("Account Recovery Setting can not use admin_only setting with any other recovery mechanisms.")
    if len(set(names)) != len(names):
        raise invalid("Account Recovery Setting names a recovery mechanism twice.")
    priorities = [item["Priority"] for item in settings.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])]
    if len(set(priorities)) != len(priorities):
        raise invalid("Account Recovery Setting gives a priority twice.")


def _check_senders(triggers: Doc) -> None:
    """Custom senders get their codes encrypted (DG:cognito-user-pools-working-with-lambda-triggers)."""
    if ("CustomSMSSender" in triggers or "CustomEmailSender" in triggers) and "KMSKeyID" not in triggers:
        raise invalid("KMSKeyID is required for CustomSMSSender and CustomEmailSender.")
    config = triggers.get("PreTokenGenerationConfig", {})
    if (
        "PreTokenGeneration" in triggers
        and config.get("LambdaArn", triggers["PreTokenGeneration"]) != (triggers["PreTokenGeneration"])
    ):
        raise invalid("PreTokenGeneration and PreTokenGenerationConfig must name the same function.")


def _check_key(key: Doc) -> None:
    if (key.get("KeyType") == "CUSTOMER_MANAGED_KEY") != ("KmsKeyArn" in key):
        raise invalid("KmsKeyArn goes with the key type CUSTOMER_MANAGED_KEY, and only with it.")


def check_downgrade(
    pool: Doc, settings: Doc, *, exports_activity: bool, has_managed_login: bool, tracks_sessions: bool
) -> None:
    """Raise where an update takes the plan away from features that are kept beside the pool's settings.

    They must be switched off first (DG:feature-plans-deactivate).
    """
    tier = settings["UserPoolTier"]
    if exports_activity and tier != "PLUS":
        raise _still_on("Export of user activity logs")
    if tier != "LITE":
        return
    if "EmailMfaConfiguration" in pool:
        raise _still_on("Email MFA")
    if "WebAuthnConfiguration" in pool:
        raise _still_on("Passkeys")
    if has_managed_login:
        raise _still_on("Managed login")
    if tracks_sessions:
        raise _still_on("Session tracking")


def _still_on(feature: str) -> ServiceError:
    return ServiceError("TierChangeNotAllowedException", f"{feature} must be switched off before the plan is changed.")


def check_username_attributes(params: Doc) -> None:
    """Sign-in by alias and sign-in by attribute exclude each other (DG:user-pool-settings-attributes)."""
    if params.get("AliasAttributes") and params.get("UsernameAttributes"):
        raise invalid("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
