"""New tokens from a refresh token, with and without rotation, and RevokeToken."""

from local.cognito.client_auth import check_plain_secret, check_secret_hash
from local.cognito.clients import find_client
from local.cognito.devices import require_device_of_family
from local.cognito.errors import ServiceError, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.session_tracking import used
from local.cognito.token_families import find_refresh_token, issue_refresh_token, mark_replaced, revoke_family
from local.cognito.tokens import token_result
from local.cognito.users import User, load_user


def refreshed(call: Call, pool: Doc, client: Doc, parameters: Doc) -> Doc:
    """REFRESH_TOKEN_AUTH: new ID and access token, the refresh token stays.

    SECRET_HASH is over the user's own username, whatever alias was used to sign in.
    """
    _, family, user = _usable(call, client, str(parameters.get("REFRESH_TOKEN", "")))
    check_secret_hash(client, user.username, parameters.get("SECRET_HASH"))
    require_device_of_family(call, pool, family, parameters.get("DEVICE_KEY"))
    result = token_result(call, pool, client, user, family, source="RefreshTokens")
    used(call, family)
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def _usable(call: Call, client: Doc, token: str) -> tuple[Doc, Doc, User]:
    found = find_refresh_token(call.store, token)
    if found is None or found[1]["client_id"] != client["ClientId"]:
        raise not_authorized("Invalid Refresh Token")
    record, family = found
    user = load_user(call.store, str(family["sub"]))
    if user is None or family["revoked"]:
        raise not_authorized("Refresh Token has been revoked")
    if family["expires"] <= call.clock.now():
        raise not_authorized("Refresh Token has expired")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    return record, family, user


@operation("GetTokensFromRefreshToken")
def get_tokens_from_refresh_token(call: Call) -> Doc:
    """New tokens; with rotation also a new refresh token that inherits the remaining lifetime.

    A token that rotation replaced works on for the grace period, 0 to 60 seconds, and is then a replay
    (DG:amazon-cognito-user-pools-using-the-refresh-token).
    """
    client = find_client(call.store, str(call.params["ClientId"]))
    pool = call.pool(str(client["UserPoolId"]))
    check_plain_secret(client, call.params.get("ClientSecret"))
    token, device = str(call.params["RefreshToken"]), call.params.get("DeviceKey")
    return {"AuthenticationResult": refresh_family(call, pool, client, token, names_device=True, device=device)}


def refresh_family(
    call: Call, pool: Doc, client: Doc, token: str, *, names_device: bool = False, device: object = None
) -> Doc:
    """New tokens for the refresh token of a client that has proved itself, with rotation where the client has it.

    Args:
        names_device: whether the request could name a device. At the token endpoint it cannot (DG:token-endpoint): what
            was signed in there needs none, and what a device signed in cannot be refreshed there (amplify-js#8981).
        device: the key that it names.
    """
    now = call.clock.now()
    record, family, user = _usable(call, client, token)
    if names_device or family.get("device"):
        require_device_of_family(call, pool, family, device)
    rotation = client.get("RefreshTokenRotation", {})
    grace = int(rotation.get("RetryGracePeriodSeconds", 0))
    if record["replaced"] is not None and now >= record["replaced"] + grace:
        raise ServiceError("RefreshTokenReuseException", "Refresh token reuse detected")
    result = token_result(call, pool, client, user, family, source="RefreshTokens")
    used(call, family)
    if rotation.get("Feature") == "ENABLED":
        result["RefreshToken"] = issue_refresh_token(call.store, str(family["id"]))
        mark_replaced(call.store, token, record, now)
    return result


@operation("RevokeToken")
def revoke_token(call: Call) -> Doc:
    """End the sign-in a refresh token belongs to; a token that is not ours is no error (RFC 7009 section 2.2)."""
    client, token = find_client(call.store, str(call.params["ClientId"])), str(call.params["Token"])
    try:
        check_plain_secret(client, call.params.get("ClientSecret"))
    except ServiceError as error:
        raise ServiceError("UnauthorizedException", error.message) from error
    if not client["EnableTokenRevocation"]:
        raise ServiceError("UnsupportedOperationException", "Token revocation is not enabled for this client.")
    if token.count(".") == 2:
        raise ServiceError("UnsupportedTokenTypeException", "Only refresh tokens can be revoked.")
    found = find_refresh_token(call.store, token)
    if found is not None:
        if found[1]["client_id"] != client["ClientId"]:
            raise ServiceError("UnauthorizedException", "The token belongs to another client.")
        revoke_family(call.store, found[1])
    return {}
