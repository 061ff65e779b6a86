"""Software tokens: enrolment, preference, removal."""

from local.cognito.admin_users import mfa_members
from local.cognito.challenges import totp_offered
from local.cognito.choice import configured_factors
from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.sessions import load_session, open_session, spend, wrong_code
from local.cognito.token_holder import token_holder
from local.cognito.totp import accept_code, new_secret
from local.cognito.users import User, load_user, require_user, save_user

_OTHER_FACTORS = ("SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings")
_ASSOCIATED, _VERIFIED = "MFA_SETUP_ASSOCIATED", "MFA_SETUP_VERIFIED"


def _one_credential(call: Call) -> bool:
    """True for a session, False for an access token; exactly one must be given."""
    if ("Session" in call.params) == ("AccessToken" in call.params):
        raise invalid("Give either an AccessToken or a Session.")
    return "Session" in call.params


def _require_offered(pool: Doc) -> None:
    if not totp_offered(pool):
        message = "Software Token MFA has not been enabled by the userPool."
        raise ServiceError("SoftwareTokenMFANotFoundException", message)


@operation("AssociateSoftwareToken")
def associate_software_token(call: Call) -> Doc:
    """Hand out a secret; nothing counts until it is verified."""
    secret = new_secret()
    if not _one_credential(call):
        pool, _, user = token_holder(call)
        _require_offered(pool)
        user.totp_pending = secret
        save_user(call, user)
        return {"SecretCode": secret}
    session = load_session(call, call.params["Session"], "MFA_SETUP", None)
    client = _client(call, session.client_id)
    _require_offered(call.pool(str(client["UserPoolId"])))
    spend(call, session)
    data = {"secret": secret}
    handle = open_session(call, client, _ASSOCIATED, sub=session.sub, username=session.username, data=data)
    return {"SecretCode": secret, "Session": handle}


def _client(call: Call, client_id: str) -> Doc:
    client = call.store.get("clients", id=client_id)
    if client is None:
        raise ServiceError("ResourceNotFoundException", f"User pool client {client_id} does not exist.")
    return client


@operation("VerifySoftwareToken")
def verify_software_token(call: Call) -> Doc:
    """Enrol the secret that was handed out, with a first code.

    With a session the answer's session finishes MFA_SETUP. With an access token the factor is enrolled but not
    switched on: that is SetUserMFAPreference (reference section 4).
    """
    code = str(call.params["UserCode"])
    mismatch = ServiceError("EnableSoftwareTokenMFAException", "Code mismatch")
    if not _one_credential(call):
        _, _, user = token_holder(call)
        if user.totp_pending is None:
            raise ServiceError("SoftwareTokenMFANotFoundException", "No software token was associated.")
        if not _enrolled(call, user, user.totp_pending, code):
            raise mismatch
        return {"Status": "SUCCESS"}
    session = load_session(call, call.params["Session"], _ASSOCIATED, None)
    holder = load_user(call.store, session.sub)
    if holder is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    if not _enrolled(call, holder, str(session.data["secret"]), code):
        raise wrong_code(call, session, mismatch)
    spend(call, session)
    client = _client(call, session.client_id)
    handle = open_session(call, client, _VERIFIED, sub=session.sub, username=session.username, data={})
    return {"Status": "SUCCESS", "Session": handle}


def _enrolled(call: Call, user: User, secret: str, code: str) -> bool:
    totp = {"secret": secret}
    if not accept_code(totp, code):
        return False
    user.totp, user.totp_pending = totp, None
    save_user(call, user)
    return True


@operation("SetUserMFAPreference")
def set_user_mfa_preference(call: Call) -> Doc:
    """The user's own choice."""
    _, _, user = token_holder(call)
    return _set_preference(call, user)


@operation("AdminSetUserMFAPreference")
def admin_set_user_mfa_preference(call: Call) -> Doc:
    """An administrator's choice for a user."""
    return _set_preference(call, require_user(call))


def _set_preference(call: Call, user: User) -> Doc:
    for name in _OTHER_FACTORS:
        if call.params.get(name, {}).get("Enabled", False):
            raise invalid(f"{name}: this local Cognito has no second factor but TOTP.")
    settings = call.params.get("SoftwareTokenMfaSettings")
    if settings is not None:
        enabled, preferred = bool(settings.get("Enabled", False)), bool(settings.get("PreferredMfa", False))
        if enabled and user.totp is None:
            raise invalid("User has not verified software token mfa")
        if preferred and not enabled:
            raise invalid("A factor that is not enabled cannot be preferred.")
        user.mfa_enabled, user.mfa_preferred = enabled, preferred
        save_user(call, user)
    return {}


@operation("AdminDeleteSoftwareToken")
def admin_delete_software_token(call: Call) -> Doc:
    """Forget a user's software token, so that a new one can be enrolled; without one there is nothing to do."""
    user = require_user(call)
    user.totp = user.totp_pending = None
    user.mfa_enabled = user.mfa_preferred = False
    save_user(call, user)
    return {}


@operation("AdminGetUserAuthFactors")
def admin_get_user_auth_factors(call: Call) -> Doc:
    """What a user can sign in with."""
    return _auth_factors(call, call.pool(), require_user(call))


@operation("GetUserAuthFactors")
def get_user_auth_factors(call: Call) -> Doc:
    """What the user can sign in with."""
    pool, _, user = token_holder(call)
    return _auth_factors(call, pool, user)


def _auth_factors(call: Call, pool: Doc, user: User) -> Doc:
    factors = [*configured_factors(call, pool, user), *([] if user.totp is None else ["SOFTWARE_TOKEN"])]
    return {"Username": user.username, "ConfiguredUserAuthFactors": factors, **mfa_members(user)}
