"""Which settings that somebody changed in Cognito may stay as they are, and why the others may not. Data.

Adopting must never weaken what Lifeguard promises. A setting that is not listed here may be adopted.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import Family
from identity.sync.threeway import WHOLE
from tenants.models.policy import SHORTEST_PASSWORD

MINIMUM_LENGTH = "Policies.PasswordPolicy.MinimumLength"
MFA_MODE = "MfaConfiguration"

_ENUMERATION = _("Without it, sign-in would tell strangers who has an account.")
_OAUTH = _("How applications let users in is decided in Lifeguard. Another way in would go past its checks.")
_ATTRIBUTES = _("A user's own token could otherwise read or change attributes that decide who they are.")
_TOKENS = _("How long tokens live is decided in Lifeguard. A longer life would serve whoever stole one.")
_NAME = _("Lifeguard finds the resource by its name after an answer was lost.")
_FIXED = _("Cognito fixes this when a pool is made; it cannot really have changed.")
_USER = _("Users are changed in the directory. Change them there, and Cognito follows.")
_FACTORS = _("Which factors there are is chosen in the pool's settings, where what goes together is checked.")
_RULES = _("What happens to dangerous sign-ins is chosen in the pool's settings.")
_GONE = _("Lifeguard cannot work without it.")
SHORT = _("Shorter passwords than this are never accepted.")
SHARED_MFA = _("Each tenant of a shared pool decides for itself, which the pool must leave open.")

# Resources of which nothing may be adopted.
NOTHING_OF: Mapping[Family, Promise] = {
    Family.USER: _USER,
    Family.RISK: _("What is done about threats is decided in Lifeguard."),
    Family.LOG_DELIVERY: _("Where logs go is decided in Lifeguard. Without them nobody could say what happened."),
    Family.RESOURCE_SERVER: _("Which scopes there are follows from the applications."),
    Family.IDENTITY_PROVIDER: _("Who may vouch for users is decided in Lifeguard."),
}
# By family, then by path: a path stands for all that is under it.
NEVER: Mapping[Family, Mapping[str, Promise]] = {
    Family.POOL: {
        "Id": _NAME,
        "Name": _NAME,
        "UserPoolTags.lifeguard:pool": _NAME,
        "UserPoolTags.lifeguard:tenant": _NAME,
        "AdminCreateUserConfig.AllowAdminCreateUserOnly": _(
            "Otherwise anybody on the internet could make themselves an account in the pool."
        ),
        "DeletionProtection": _("It keeps one mistaken call from deleting every user."),
        "UserPoolTier": _("The feature plan decides what the pool costs and can do. Lifeguard relies on it."),
        "DeviceConfiguration": _(
            "Whether devices are remembered is chosen in the pool's settings. Remembered in another way, one could let "
            "somebody past their second factor."
        ),
        "AutoVerifiedAttributes": _("An address that nobody verified could belong to somebody else."),
        "UserAttributeUpdateSettings": _("A new address must count only once a code sent to it has come back."),
        "LambdaConfig.CustomMessage": _(
            "Such a function writes what people are sent. One that is to stay is named in the pool's settings, where "
            "it goes before the cell's."
        ),
        "LambdaConfig": _("Such a function decides who gets in. It is set in the pool's settings, where that is kept."),
        "Policies.SignInPolicy": _("Ways in without a password are chosen in the pool's settings."),
        "UserPoolAddOns": _("Threat protection is chosen in the pool's settings."),
        "AliasAttributes": _FIXED,
        "UsernameConfiguration": _FIXED,
        "SchemaAttributes": _FIXED,
    },
    Family.MFA: {
        "SoftwareTokenMfaConfiguration": _(
            "Which factors there are follows from whether a second factor is asked for."
        ),
        "SmsMfaConfiguration": _FACTORS,
        "EmailMfaConfiguration": _FACTORS,
        "WebAuthnConfiguration": _FACTORS,
    },
    Family.RISK: {
        "CompromisedCredentialsRiskConfiguration": _RULES,
        "AccountTakeoverRiskConfiguration": _RULES,
        "RiskExceptionConfiguration": _RULES,
    },
    Family.CLIENT: {
        "ClientName": _NAME,
        "ClientSecret": _("Lifeguard must hold the client's secret to sign anybody in."),
        "ExplicitAuthFlows": _("Another way to sign in would go past SRP, which keeps passwords from being sent."),
        "SupportedIdentityProviders": _("Who may vouch for users is decided in Lifeguard."),
        "AllowedOAuthFlowsUserPoolClient": _OAUTH,
        "AllowedOAuthFlows": _OAUTH,
        "AllowedOAuthScopes": _OAUTH,
        "CallbackURLs": _OAUTH,
        "LogoutURLs": _OAUTH,
        "ReadAttributes": _ATTRIBUTES,
        "WriteAttributes": _ATTRIBUTES,
        "AccessTokenValidity": _TOKENS,
        "IdTokenValidity": _TOKENS,
        "RefreshTokenValidity": _TOKENS,
        "TokenValidityUnits": _TOKENS,
        "PreventUserExistenceErrors": _ENUMERATION,
        "RefreshTokenRotation": _TOKENS,
        "EnableTokenRevocation": _("Otherwise a stolen token could not be taken back."),
    },
}


def why_not_adopted(family: Family, path: str, live: Any, *, shared: bool) -> Promise | None:
    """Return why a live value may not be adopted; None where it may. Pure.

    Args:
        family: of the resource.
        path: of the setting, or `threeway.WHOLE`.
        live: its value in Cognito.
        shared: whether the pool is shared by several tenants.
    """
    if path == WHOLE:
        return _GONE
    if family in NOTHING_OF:
        return NOTHING_OF[family]
    if path == MINIMUM_LENGTH and (not isinstance(live, int) or live < SHORTEST_PASSWORD):
        return SHORT
    if shared and family is Family.MFA:
        return SHARED_MFA
    for never, reason in NEVER.get(family, {}).items():
        if path == never or path.startswith(f"{never}."):
            return reason
    return None
