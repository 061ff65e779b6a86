"""What a sign-in still needs, and the answers that carry a challenge or tokens."""

import json

from local.cognito import one_time_codes
from local.cognito.attributes import missing_required
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.second_factors import TOTP, active, offered
from local.cognito.sessions import open_session
from local.cognito.signin_functions import post_authentication
from local.cognito.tokens import sign_in_result
from local.cognito.users import User


def challenge(
    call: Call, client: Doc, user: User, name: str, parameters: dict[str, str], data: Doc | None = None
) -> Doc:
    """An answer that asks for challenge `name`; `data` is what its step needs to remember."""
    session = open_session(call, client, name, sub=user.sub, username=user.username, data=data or {})
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
    factors = active(pool, user)
    if user.preferred_mfa in factors:
        return second_factor(call, pool, client, user, str(user.preferred_mfa))
    if len(factors) == 1:
        return second_factor(call, pool, client, user, factors[0])
    if factors:
        # "If multiple options are activated and no preference is set" (B:AdminSetUserMFAPreference).
        parameters = {"MFAS_CAN_CHOOSE": json.dumps(factors)}
        return challenge(call, client, user, "SELECT_MFA_TYPE", parameters, {"factors": factors})
    if pool["MfaConfiguration"] != "ON":
        return completed(call, pool, client, user)
    return challenge(call, client, user, "MFA_SETUP", {"MFAS_CAN_SETUP": json.dumps(offered(pool))})


def second_factor(call: Call, pool: Doc, client: Doc, user: User, factor: str) -> Doc:
    """An answer that asks for a second factor, whose code has been sent where one is."""
    if factor == TOTP:
        return challenge(call, client, user, factor, {})
    code = one_time_codes.new_code(factor)
    one_time_codes.deliver(call, pool, user, factor, code)
    parameters = one_time_codes.delivery(pool, user, factor, user.username)
    return challenge(call, client, user, factor, parameters, {"code": one_time_codes.digest(user.username, code)})


def completed(call: Call, pool: Doc, client: Doc, user: User) -> Doc:
    """An answer with tokens, unless a function of the pool refuses them."""
    post_authentication(call, pool, client, user)
    return {"ChallengeParameters": {}, "AuthenticationResult": sign_in_result(call, pool, client, user)}
