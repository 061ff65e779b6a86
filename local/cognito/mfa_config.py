"""Multi-factor configuration of a pool."""

import re

from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_BLOCKS = ("SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration")


@operation("SetUserPoolMfaConfig")
def set_user_pool_mfa_config(call: Call) -> Doc:
    """Replace the MFA mode and its factors; a factor that is omitted is switched off."""
    pool, params = call.pool(), call.params
    mode = params.get("MfaConfiguration", "OFF")
    factors = {name: params[name] for name in _BLOCKS if name in params}
    if not factors.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False):
        factors.pop("SoftwareTokenMfaConfiguration", None)
    sms = params.get("SmsMfaConfiguration", {})
    _check(pool, mode, factors, sms)
    for name in _BLOCKS:
        pool.pop(name, None)
    pool.update(factors)
    pool["MfaConfiguration"] = mode
    # SMS, once configured, cannot be unconfigured (DG:cognito-user-pool-updating), so an omitted block stays.
    if "SmsConfiguration" in sms:
        pool["SmsConfiguration"] = sms["SmsConfiguration"]
    if "SmsAuthenticationMessage" in sms:
        pool["SmsAuthenticationMessage"] = sms["SmsAuthenticationMessage"]
    pool["LastModifiedDate"] = call.clock.now()
    call.store.update("pools", pool, id=str(pool["Id"]))
    return _described(pool)


def _check(pool: Doc, mode: str, factors: Doc, sms: Doc) -> None:
    second = {name for name in factors if name != "WebAuthnConfiguration"} | ({"sms"} if sms else set())
    if mode == "OFF" and second:
        raise invalid("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
    if mode != "OFF" and not second and "SmsConfiguration" not in pool:
        raise invalid("Invalid MFA configuration given, can't turn on MFA without configuring an MFA.")
    # MFA required forbids OTP first factors (DG:user-pool-settings-mfa).
    first = pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    if mode == "ON" and {"EMAIL_OTP", "SMS_OTP"} & set(first):
        raise invalid("One-time passwords cannot be a first factor while MFA is required.")
    if "WebAuthnConfiguration" in factors:
        _check_passkeys(pool, factors["WebAuthnConfiguration"])
    if "EmailMfaConfiguration" in factors:
        # E-mail MFA needs SES and at least the Essentials plan (DG:user-pool-settings-mfa).
        if pool["UserPoolTier"] == "LITE":
            raise ServiceError("FeatureUnavailableInTierException", "Email MFA needs the ESSENTIALS feature plan.")
        if pool["EmailConfiguration"]["EmailSendingAccount"] != "DEVELOPER":
            raise invalid("Email MFA needs EmailSendingAccount DEVELOPER.")


def _check_passkeys(pool: Doc, passkeys: Doc) -> None:
    if pool["UserPoolTier"] == "LITE":
        raise ServiceError("FeatureUnavailableInTierException", "Passkeys need the ESSENTIALS feature plan.")
    # A relying party is a domain, and never a public suffix (reference section 4). Of those only the ones of a single
    # label can be told here; localhost has one too, and passkeys of a local stack belong to it.
    relying_party = passkeys.get("RelyingPartyId")
    if relying_party not in (None, "localhost") and _DOMAIN.fullmatch(relying_party) is None:
        raise invalid(f"RelyingPartyId {relying_party} is not a domain name.")


@operation("GetUserPoolMfaConfig")
def get_user_pool_mfa_config(call: Call) -> Doc:
    """The MFA mode and the factors that are on."""
    return _described(call.pool())


def _described(pool: Doc) -> Doc:
    answer: Doc = {"MfaConfiguration": pool["MfaConfiguration"]}
    answer.update({name: pool[name] for name in _BLOCKS if name in pool})
    if "SmsConfiguration" in pool:
        answer["SmsMfaConfiguration"] = {"SmsConfiguration": pool["SmsConfiguration"]}
        if "SmsAuthenticationMessage" in pool:
            answer["SmsMfaConfiguration"]["SmsAuthenticationMessage"] = pool["SmsAuthenticationMessage"]
    return answer
