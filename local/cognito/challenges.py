"""What a sign-in still needs, and the answers that carry a challenge or tokens."""

import json

from local.cognito.attributes import missing_required
from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.sessions import open_session
from local.cognito.tokens import sign_in_result
from local.cognito.users import User


def challenge(call: Call, client: Doc, user: User, name: str, parameters: dict[str, str]) -> Doc:
    """An answer that asks for challenge `name`."""
    session = open_session(call, client, name, sub=user.sub, username=user.username, data={})
    return {
        "ChallengeName": name,
        "Session": session,
        "ChallengeParameters": {"USER_ID_FOR_SRP": user.username, **parameters},
    }


def after_password(call: Call, pool: Doc, client: Doc, user: User) -> Doc:
    """The next step once the password was right: a new password where it was temporary, else MFA."""
    if user.status != "FORCE_CHANGE_PASSWORD":
        return after_new_password(call, pool, client, user)
    missing = [f"userAttributes.{name}" for name in missing_required(pool, user.attributes)]
    shown = {name: value for name, value in user.attributes.items() if name != "sub"}
    parameters = {"requiredAttributes": json.dumps(missing), "userAttributes": json.dumps(shown)}
    return challenge(call, client, user, "NEW_PASSWORD_REQUIRED", parameters)


def after_new_password(call: Call, pool: Doc, client: Doc, user: User) -> Doc:
    """MFA where pool and user have it, set-up where the pool demands it (DG:user-pool-settings-mfa), else tokens."""
    mode = pool["MfaConfiguration"]
    offers_totp = totp_offered(pool)
    if mode != "OFF" and offers_totp and user.totp is not None and (mode == "ON" or user.mfa_enabled):
        return challenge(call, client, user, "SOFTWARE_TOKEN_MFA", {})
    if mode != "ON":
        return completed(call, pool, client, user)
    if not offers_totp:
        raise ServiceError("InvalidUserPoolConfigurationException", "This local Cognito has no second factor but TOTP.")
    return challenge(call, client, user, "MFA_SETUP", {"MFAS_CAN_SETUP": json.dumps(["SOFTWARE_TOKEN_MFA"])})


def needs_mfa(pool: Doc, user: User) -> bool:
    """Whether a password alone does not sign the user in (DG:user-pool-settings-mfa)."""
    mode = pool["MfaConfiguration"]
    return bool(mode == "ON" or (mode == "OPTIONAL" and user.mfa_enabled))


def totp_offered(pool: Doc) -> bool:
    """Whether the pool allows software tokens."""
    return bool(pool.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False))


def completed(call: Call, pool: Doc, client: Doc, user: User) -> Doc:
    """An answer with tokens."""
    return {"ChallengeParameters": {}, "AuthenticationResult": sign_in_result(call, pool, client, user)}
