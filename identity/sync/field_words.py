"""Cognito's settings in words: what a path is called, and what its value means. Data, and pure functions over it."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity.sync.threeway import WHOLE

_TAG = "UserPoolTags."
_ATTRIBUTE = "SchemaAttributes."
_CUSTOM_TAG = re.compile(r"lifeguard:(\w+)$")

FIELDS: Mapping[str, Promise] = {
    WHOLE: gettext_lazy("The resource as a whole"),
    # User pool.
    "Id": gettext_lazy("Known to Lifeguard by its id"),
    "Name": gettext_lazy("Name"),
    "UserPoolTier": gettext_lazy("Feature plan"),
    "DeletionProtection": gettext_lazy("Deletion protection"),
    "Policies.PasswordPolicy.MinimumLength": gettext_lazy("Shortest password"),
    "Policies.PasswordPolicy.RequireUppercase": gettext_lazy("Passwords need a capital letter"),
    "Policies.PasswordPolicy.RequireLowercase": gettext_lazy("Passwords need a small letter"),
    "Policies.PasswordPolicy.RequireNumbers": gettext_lazy("Passwords need a digit"),
    "Policies.PasswordPolicy.RequireSymbols": gettext_lazy("Passwords need a symbol"),
    "Policies.PasswordPolicy.PasswordHistorySize": gettext_lazy("Earlier passwords refused"),
    "Policies.PasswordPolicy.TemporaryPasswordValidityDays": gettext_lazy("Temporary passwords are valid for"),
    "Policies.SignInPolicy.AllowedFirstAuthFactors": gettext_lazy("First factors"),
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": gettext_lazy("Only administrators create users"),
    "AccountRecoverySetting.RecoveryMechanisms": gettext_lazy("Account recovery"),
    "AutoVerifiedAttributes": gettext_lazy("Attributes verified by a code"),
    "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate": gettext_lazy(
        "Attributes that change only once verified"
    ),
    "DeviceConfiguration": gettext_lazy("Remembered devices"),
    "ChallengeRequiredOnNewDevice": gettext_lazy("They take the place of the second factor"),
    "DeviceOnlyRememberedOnUserPrompt": gettext_lazy("Only those that their users ask to have remembered"),
    "AliasAttributes": gettext_lazy("Attributes that serve as user name"),
    "UsernameConfiguration.CaseSensitive": gettext_lazy("User names depend on case"),
    "EmailVerificationMessage": gettext_lazy("Text of the verification mail"),
    "EmailVerificationSubject": gettext_lazy("Subject of the verification mail"),
    "EmailConfiguration.EmailSendingAccount": gettext_lazy("Mail is sent by"),
    "EmailConfiguration.From": gettext_lazy("Sender of mail"),
    "EmailConfiguration.SourceArn": gettext_lazy("SES identity that mail is sent with"),
    "SmsConfiguration.SnsCallerArn": gettext_lazy("Role that text messages are sent with"),
    "SmsConfiguration.ExternalId": gettext_lazy("External id of that role"),
    "SmsConfiguration.SnsRegion": gettext_lazy("Region that text messages are sent from"),
    "UserPoolAddOns.AdvancedSecurityMode": gettext_lazy("Threat protection"),
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode": gettext_lazy(
        "Threat protection of custom sign-in"
    ),
    "SchemaAttributes": gettext_lazy("Attributes of users"),
    "LambdaConfig.PreSignUp": gettext_lazy("Function before sign-up"),
    "LambdaConfig.PostConfirmation": gettext_lazy("Function after confirmation"),
    "LambdaConfig.PreAuthentication": gettext_lazy("Function before sign-in"),
    "LambdaConfig.PostAuthentication": gettext_lazy("Function after sign-in"),
    "LambdaConfig.PreTokenGeneration": gettext_lazy("Function before tokens are made"),
    "LambdaConfig.CustomMessage": gettext_lazy("Function that writes messages"),
    "LambdaConfig.UserMigration": gettext_lazy("Function that brings users in"),
    "EmailConfiguration.ReplyToEmailAddress": gettext_lazy("Replies to mail go to"),
    "EmailConfiguration.ConfigurationSet": gettext_lazy("SES configuration set"),
    "LambdaConfig.KMSKeyID": gettext_lazy("Key for codes that functions send"),
    "LambdaConfig.PreTokenGenerationConfig.LambdaArn": gettext_lazy("Function before tokens are made"),
    "LambdaConfig.PreTokenGenerationConfig.LambdaVersion": gettext_lazy("Version of the function before tokens"),
    # Threat protection and logs.
    "CompromisedCredentialsRiskConfiguration.Actions.EventAction": gettext_lazy("Leaked passwords"),
    "AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction": gettext_lazy("Sign-ins of low risk"),
    "AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction": gettext_lazy("Sign-ins of medium risk"),
    "AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction": gettext_lazy("Sign-ins of high risk"),
    "RiskExceptionConfiguration.SkippedIPRangeList": gettext_lazy("Addresses never examined"),
    "RiskExceptionConfiguration.BlockedIPRangeList": gettext_lazy("Addresses never let in"),
    "userNotification": gettext_lazy("Log of messages that cannot be delivered"),
    "userAuthEvents": gettext_lazy("Log of what users do"),
    # Second factors.
    "EmailMfaConfiguration.Enabled": gettext_lazy("Codes by e-mail"),
    "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn": gettext_lazy("Role that sends SMS"),
    "SmsMfaConfiguration.SmsConfiguration.ExternalId": gettext_lazy("External id of the role that sends SMS"),
    "SmsMfaConfiguration.SmsConfiguration.SnsRegion": gettext_lazy("Region that sends SMS"),
    "WebAuthnConfiguration.FactorConfiguration": gettext_lazy("What a passkey counts as"),
    "MfaConfiguration": gettext_lazy("Second factor"),
    "SoftwareTokenMfaConfiguration.Enabled": gettext_lazy("Authenticator apps (TOTP)"),
    "EmailMfaConfiguration.Message": gettext_lazy("Text of the mail with a code"),
    "EmailMfaConfiguration.Subject": gettext_lazy("Subject of the mail with a code"),
    "WebAuthnConfiguration.RelyingPartyId": gettext_lazy("Passkeys belong to the domain"),
    "WebAuthnConfiguration.UserVerification": gettext_lazy("Passkeys verify the person"),
    # Domain.
    "Domain": gettext_lazy("Domain prefix"),
    "ManagedLoginVersion": gettext_lazy("Kind of sign-in pages"),
    # App client.
    "ClientName": gettext_lazy("Name"),
    "ClientSecret": gettext_lazy("Secret kept by Lifeguard"),
    "ExplicitAuthFlows": gettext_lazy("Ways to sign in"),
    "SupportedIdentityProviders": gettext_lazy("Identity providers"),
    "CallbackURLs": gettext_lazy("Callback URLs"),
    "LogoutURLs": gettext_lazy("Logout URLs"),
    "AllowedOAuthFlows": gettext_lazy("OAuth flows"),
    "AllowedOAuthScopes": gettext_lazy("OAuth scopes"),
    "AllowedOAuthFlowsUserPoolClient": gettext_lazy("OAuth at Cognito"),
    "ReadAttributes": gettext_lazy("Attributes that may be read"),
    "WriteAttributes": gettext_lazy("Attributes that may be written"),
    "AccessTokenValidity": gettext_lazy("Access tokens live"),
    "IdTokenValidity": gettext_lazy("ID tokens live"),
    "RefreshTokenValidity": gettext_lazy("Refresh tokens live"),
    "TokenValidityUnits.AccessToken": gettext_lazy("Unit of the access tokens' life"),
    "TokenValidityUnits.IdToken": gettext_lazy("Unit of the ID tokens' life"),
    "TokenValidityUnits.RefreshToken": gettext_lazy("Unit of the refresh tokens' life"),
    "AuthSessionValidity": gettext_lazy("A sign-in may take"),
    "PreventUserExistenceErrors": gettext_lazy("Unknown users are answered like wrong passwords"),
    "EnableTokenRevocation": gettext_lazy("Tokens can be revoked"),
    "RefreshTokenRotation": gettext_lazy("Refresh tokens that are used once"),
    "RefreshTokenRotation.Feature": gettext_lazy("A refresh token is used once"),
    "RefreshTokenRotation.RetryGracePeriodSeconds": gettext_lazy("A used refresh token still works for"),
    # Cognito's own sign-in pages.
    "Logo": gettext_lazy("Logo"),
    "CSS": gettext_lazy("Style sheet of the classic pages"),
    "ImageFile": gettext_lazy("Logo of the classic pages"),
    "ManagedLogin": gettext_lazy("Managed login"),
}

# How long tokens live: the setting with its unit, and what it counts in where none is set (API reference,
# UserPoolClientType: hours, and days for refresh tokens).
_COUNTED_IN: Mapping[str, tuple[str, str]] = {
    "AccessTokenValidity": ("TokenValidityUnits.AccessToken", "hours"),
    "IdTokenValidity": ("TokenValidityUnits.IdToken", "hours"),
    "RefreshTokenValidity": ("TokenValidityUnits.RefreshToken", "days"),
}
# What Lifeguard always asks for (`identity.cognito.client_spec`), and so what holds where no unit differs.
_OUR_UNIT = "minutes"
_UNITS: Mapping[str, Promise] = {
    "seconds": gettext_lazy("seconds"),
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
}
_NEXT_UNIT = {"seconds": (60, "minutes"), "minutes": (60, "hours"), "hours": (24, "days")}

_BY_PATH: Mapping[str, Mapping[str, Promise]] = {
    "MfaConfiguration": {
        "OFF": gettext_lazy("off"),
        "OPTIONAL": gettext_lazy("optional"),
        "ON": gettext_lazy("required"),
    },
    "UserPoolTier": {
        "LITE": gettext_lazy("Lite"),
        "ESSENTIALS": gettext_lazy("Essentials"),
        "PLUS": gettext_lazy("Plus"),
    },
    **dict.fromkeys((setting for setting, _default in _COUNTED_IN.values()), _UNITS),
    "ManagedLoginVersion": {"1": gettext_lazy("hosted UI (classic)"), "2": gettext_lazy("managed login")},
}
_ANYWHERE: Mapping[str, Promise] = {
    "ENABLED": gettext_lazy("on"),
    "DISABLED": gettext_lazy("off"),
    "ACTIVE": gettext_lazy("on"),
    "INACTIVE": gettext_lazy("off"),
    "LEGACY": gettext_lazy("off (legacy)"),
    "COGNITO": gettext_lazy("the pool's own users"),
    "COGNITO_DEFAULT": gettext_lazy("Cognito itself"),
    "DEVELOPER": gettext_lazy("Amazon SES"),
    "ALLOW_USER_SRP_AUTH": gettext_lazy("password, proved by SRP"),
    "ALLOW_USER_PASSWORD_AUTH": gettext_lazy("password, sent as it is"),
    "ALLOW_ADMIN_USER_PASSWORD_AUTH": gettext_lazy("password, sent by an administrator"),
    "ALLOW_CUSTOM_AUTH": gettext_lazy("custom challenges"),
    "ALLOW_USER_AUTH": gettext_lazy("choice of factor"),
    "ALLOW_REFRESH_TOKEN_AUTH": gettext_lazy("refresh token"),
    "email": gettext_lazy("e-mail address"),
    "email_verified": gettext_lazy("e-mail address is verified"),
    "name": gettext_lazy("name"),
    "phone_number": gettext_lazy("phone number"),
    "verified_email": gettext_lazy("by verified e-mail address"),
    "verified_phone_number": gettext_lazy("by verified phone number"),
    "admin_only": gettext_lazy("by administrators only"),
    "present": gettext_lazy("there"),
    "deleted": gettext_lazy("deleted"),
    "kept": gettext_lazy("kept"),
    "not kept": gettext_lazy("not kept"),
}


def field_in_words(path: str) -> str:
    """Return what a setting is called; a path that is in no table is taken apart into its own words."""
    if path in FIELDS:
        return str(FIELDS[path])
    if path.startswith(_ATTRIBUTE):
        return _("Attribute %(name)s") % {"name": path.removeprefix(_ATTRIBUTE)}
    if path.startswith(_TAG):
        tag = path.removeprefix(_TAG)
        mark = _CUSTOM_TAG.match(tag)
        return _("Lifeguard's mark of the %(what)s") % {"what": mark[1]} if mark else _("Tag %(tag)s") % {"tag": tag}
    last = path.rpartition(".")[2] or path
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+", " ", last)
    return words[:1].upper() + " ".join(w if w.isupper() else w.lower() for w in words.split())[1:] if words else path


def value_in_words(path: str, value: Any, beside: Mapping[str, Any] | None = None) -> str:
    """Return what a value of a setting means; "not set" for what Cognito's answers leave out.

    Args:
        path: the setting.
        value: its value.
        beside: what differs beside it, by path: how long a token lives depends on its unit.
    """
    if value is None or value in ("", [], {}):
        return _("not set")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if path in _BY_PATH and str(value) in _BY_PATH[path]:
        return str(_BY_PATH[path][str(value)])
    if isinstance(value, int):
        return _amount(path, value, beside or {})
    if isinstance(value, list | tuple):
        return ", ".join(value_in_words(path, item) for item in _in_order(value))
    if isinstance(value, Mapping):
        # An entry of a list of priorities is known by its name.
        if set(value) <= {"Name", "Priority"} and "Name" in value:
            return value_in_words(path, value["Name"])
        return ", ".join(f"{field_in_words(name)}: {value_in_words(name, inner)}" for name, inner in value.items())
    return str(_ANYWHERE.get(str(value), value))


def _in_order(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    if all(isinstance(value, Mapping) and "Priority" in value for value in values):
        return sorted(values, key=lambda value: value["Priority"])
    return list(values)


def _amount(path: str, value: int, beside: Mapping[str, Any]) -> str:
    if path in _COUNTED_IN:
        setting, default = _COUNTED_IN[path]
        return time_in_words(value, (beside[setting] or default) if setting in beside else _OUR_UNIT)
    if path.endswith("MinimumLength"):
        return ngettext("%d character", "%d characters", value) % value
    if path.endswith("PasswordHistorySize"):
        return _("the last %d") % value
    if path.endswith("Days"):
        return time_in_words(value, "days")
    if path.endswith("Seconds"):
        return time_in_words(value, "seconds")
    if path == "AuthSessionValidity":
        return time_in_words(value, "minutes")
    return str(value)


def time_in_words(value: int, unit: str) -> str:
    """Return a time as it is set, and in parentheses as people would say it: "1440 minutes (1 day)".

    Args:
        value: how many.
        unit: "seconds", "minutes", "hours" or "days", as Cognito names them.
    """
    larger, larger_unit = value, unit
    while larger_unit in _NEXT_UNIT and larger and larger % _NEXT_UNIT[larger_unit][0] == 0:
        factor, larger_unit = _NEXT_UNIT[larger_unit]
        larger //= factor
    said = _counted(value, unit)
    return said if larger_unit == unit else f"{said} ({_counted(larger, larger_unit)})"


def _counted(value: int, unit: str) -> str:
    match unit:
        case "seconds":
            return ngettext("%d second", "%d seconds", value) % value
        case "minutes":
            return ngettext("%d minute", "%d minutes", value) % value
        case "hours":
            return ngettext("%d hour", "%d hours", value) % value
        case "days":
            return ngettext("%d day", "%d days", value) % value
        case _:
            return f"{value} {unit}"
