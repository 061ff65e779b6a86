"""Software tokens: enrolment, preference, removal."""

from local.cognito.admin_users import mfa_members
from local.cognito.choice import configured_factors
from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.passkeys import satisfies_mfa
from local.cognito.second_factors import EMAIL, SMS, TOTP, possible, totp_offered
from local.cognito.sessions import load_session, open_session, spend, wrong_code
from local.cognito.token_holder import token_holder
from local.cognito.totp import accept_code, new_secret
from local.cognito.users import User, load_user, require_user, save_user

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
    data = {**session.data, "secret": secret}
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
    handle = open_session(
        call, client, _VERIFIED, sub=session.sub, username=session.username, data=_device_of(session.data)
    )
    return {"Status": "SUCCESS", "Session": handle}


def _device_of(data: Doc) -> Doc:
    """What set-up carries on: the device that the sign-in named."""
    return {name: value for name, value in data.items() if name == "device"}


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
    pool, _, user = token_holder(call)
    return _set_preference(call, pool, user)


@operation("AdminSetUserMFAPreference")
def admin_set_user_mfa_preference(call: Call) -> Doc:
    """An administrator's choice for a user."""
    return _set_preference(call, call.pool(), require_user(call))


_SETTINGS = {"SMSMfaSettings": SMS, "SoftwareTokenMfaSettings": TOTP, "EmailMfaSettings": EMAIL}


def _set_preference(call: Call, pool: Doc, user: User) -> Doc:
    """Switch factors on and off; one that is not named stays as it is. At most one is preferred."""
    named = {factor: call.params[name] for name, factor in _SETTINGS.items() if name in call.params}
    preferred = [factor for factor, settings in named.items() if settings.get("PreferredMfa", False)]
    if len(preferred) > 1:
        raise invalid("Only one MFA factor can be preferred.")
    on = set(user.mfa)
    for factor, settings in named.items():
        enabled = bool(settings.get("Enabled", False))
        if factor in preferred and not enabled:
            raise invalid("A factor that is not enabled cannot be preferred.")
        if enabled:
            _require_possible(pool, user, factor)
        on = on | {factor} if enabled else on - {factor}
    user.mfa = [factor for factor in _SETTINGS.values() if factor in on]
    kept = user.preferred_mfa if user.preferred_mfa in on - named.keys() else None
    user.preferred_mfa = preferred[0] if preferred else kept
    _set_passkey_mfa(call, pool, user)
    save_user(call, user)
    return {}


def _require_possible(pool: Doc, user: User, factor: str) -> None:
    if factor in possible(pool, user):
        return
    if factor == TOTP and user.totp is None:
        raise invalid("User has not verified software token mfa")
    raise invalid(f"User does not have delivery config set to turn on {factor}")


def _set_passkey_mfa(call: Call, pool: Doc, user: User) -> None:
    settings = call.params.get("WebAuthnMfaSettings")
    if settings is None:
        return
    enabled = bool(settings.get("Enabled", False))
    if enabled and not satisfies_mfa(pool):
        raise invalid("Passkeys are no second factor in this user pool.")
    user.passkey_mfa = enabled


@operation("AdminDeleteSoftwareToken")
def admin_delete_software_token(call: Call) -> Doc:
    """Forget a user's software token, so that a new one can be enrolled; without one there is nothing to do."""
    user = require_user(call)
    user.totp = user.totp_pending = None
    user.mfa = [factor for factor in user.mfa if factor != TOTP]
    user.preferred_mfa = None if user.preferred_mfa == TOTP else user.preferred_mfa
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
