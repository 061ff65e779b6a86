"""What is asked about sessions: the configuration of pools and clients, lists, and ending one.

Sessions of single sign-on belong to managed login for the pool's own users, which this service has not: all sessions
here are token sessions, and none is linked to another.
"""

from local.cognito.clients import existing_client
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.session_tracking import KIND, active_sessions, configuration, require_tracking
from local.cognito.token_families import revoke_family
from local.cognito.token_holder import token_holder
from local.cognito.users import require_user

_SSO_MINUTES = 60


def _require_plan(pool: Doc) -> None:
    """Raise on the plan Lite (B:SetUserPoolSessionConfiguration)."""
    if pool["UserPoolTier"] == "LITE":
        message = "Session tracking needs the ESSENTIALS feature plan."
        raise ServiceError("FeatureUnavailableInTierException", message)


@operation("SetUserPoolSessionConfiguration")
def set_user_pool_session_configuration(call: Call) -> Doc:
    """Replace the pool's configuration."""
    pool, params = call.pool(), call.params
    _require_plan(pool)
    given = {name: params[name] for name in ("UserSessionTracking", "TokenSession")}
    call.store.put("pool_settings", given, pool_id=str(pool["Id"]), kind=KIND)
    return {"UserPoolId": pool["Id"], **given}


@operation("GetUserPoolSessionConfiguration")
def get_user_pool_session_configuration(call: Call) -> Doc:
    """The pool's configuration, or the default."""
    pool_id = str(call.pool()["Id"])
    return {"UserPoolId": pool_id, **configuration(call.store, pool_id)}


@operation("SetUserPoolClientSessionConfiguration")
def set_user_pool_client_session_configuration(call: Call) -> Doc:
    """Replace the client's configuration; it stays while tracking is off, and cannot be set then."""
    pool = call.pool()
    _require_plan(pool)
    require_tracking(call, pool)
    client_id = str(existing_client(call)["ClientId"])
    given = {"SSOSession": call.params["SSOSession"]}
    call.store.put("client_settings", given, client_id=client_id, kind=KIND)
    return {"UserPoolId": pool["Id"], "ClientId": client_id, **given}


@operation("GetUserPoolClientSessionConfiguration")
def get_user_pool_client_session_configuration(call: Call) -> Doc:
    """The client's configuration, or the default."""
    client_id = str(existing_client(call)["ClientId"])
    default = {"SSOSession": {"MaxValidityMinutes": _SSO_MINUTES}}
    found = call.store.get("client_settings", client_id=client_id, kind=KIND) or default
    return {"UserPoolId": call.params["UserPoolId"], "ClientId": client_id, **found}


@operation("AdminListUserSessions")
def admin_list_user_sessions(call: Call) -> Doc:
    """A user's sessions."""
    require_tracking(call, call.pool())
    return _listed(call, require_user(call).sub, current="")


@operation("ListUserSessions")
def list_user_sessions(call: Call) -> Doc:
    """The caller's own sessions, with a word on which is the token's."""
    pool, claims, user = token_holder(call)
    require_tracking(call, pool)
    return _listed(call, user.sub, current=str(claims["event_id"]))


def _listed(call: Call, sub: str, *, current: str) -> Doc:
    # All sessions come in a single page, so that there is never a token to go on with (B:AdminListUserSessions).
    if "NextToken" in call.params:
        raise invalid("Invalid pagination token.")
    return {"Sessions": [_shown(family, current) for family in active_sessions(call, sub)]}


def _shown(family: Doc, current: str) -> Doc:
    return {
        "SessionId": family["session_id"],
        "SessionType": "TOKEN",
        "ClientId": family["client_id"],
        "CreateDate": family["auth_time"],
        "LastActiveDate": family["active"],
        "DeviceType": "unknown",
        "IsCurrentSession": family["id"] == current,
    }


@operation("AdminRevokeUserSession")
def admin_revoke_user_session(call: Call) -> Doc:
    """End one session of a user."""
    require_tracking(call, call.pool())
    revoke_family(call.store, _session(call, require_user(call).sub))
    return {}


@operation("RevokeUserSession")
def revoke_user_session(call: Call) -> Doc:
    """End one of the caller's other sessions."""
    pool, claims, user = token_holder(call)
    require_tracking(call, pool)
    family = _session(call, user.sub)
    if family["id"] == claims["event_id"]:
        raise invalid("The current session cannot be revoked.")
    revoke_family(call.store, family)
    return {}


def _session(call: Call, sub: str) -> Doc:
    wanted = str(call.params["SessionId"])
    for family in active_sessions(call, sub):
        if family["session_id"] == wanted:
            return family
    raise not_found(f"Session {wanted} does not exist.")
