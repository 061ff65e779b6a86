"""Sign-in, first step: InitiateAuth and AdminInitiateAuth."""

from local.cognito.choice import begin_choice, named
from local.cognito.client_auth import allows_flow, check_secret_hash, hides_existence
from local.cognito.clients import find_client
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.password_steps import password_decided, password_is_right, srp_challenge
from local.cognito.refresh import refreshed
from local.cognito.signin_functions import pre_authentication
from local.cognito.users import find_user

_OLD_NAMES = {"ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH"}
_FLOWS = {
    "InitiateAuth": ("USER_AUTH", "USER_SRP_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"),
    "AdminInitiateAuth": ("USER_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"),
}


@operation("InitiateAuth")
def initiate_auth(call: Call) -> Doc:
    """Begin a sign-in without credentials of AWS."""
    client = find_client(call.store, str(call.params["ClientId"]))
    return _initiate(call, call.pool(str(client["UserPoolId"])), client)


@operation("AdminInitiateAuth")
def admin_initiate_auth(call: Call) -> Doc:
    """Begin a sign-in from a server that holds AWS credentials."""
    pool = call.pool()
    return _initiate(call, pool, client_in_pool(call, pool))


def client_in_pool(call: Call, pool: Doc) -> Doc:
    """The client of an admin operation, which must belong to the pool named beside it."""
    client = find_client(call.store, str(call.params["ClientId"]))
    if client["UserPoolId"] != pool["Id"]:
        raise not_found(f"User pool client {client['ClientId']} does not exist.")
    return client


def _initiate(call: Call, pool: Doc, client: Doc) -> Doc:
    flow = _OLD_NAMES.get(str(call.params["AuthFlow"]), str(call.params["AuthFlow"]))
    parameters: Doc = call.params.get("AuthParameters", {})
    if flow == "CUSTOM_AUTH":
        raise ServiceError("UnsupportedOperationException", f"This local Cognito has no {flow} flow.")
    if flow not in _FLOWS[call.operation]:
        raise invalid(f"Initiate Auth method not supported: {flow}")
    if not allows_flow(client, flow):
        raise invalid(f"{flow} flow not enabled for this client")
    if flow == "REFRESH_TOKEN_AUTH":
        return refreshed(call, pool, client, parameters)
    name = _parameter(parameters, "USERNAME")
    check_secret_hash(client, name, parameters.get("SECRET_HASH"))
    user = find_user(call.store, pool, name)
    if user is None and not hides_existence(client):
        raise ServiceError("UserNotFoundException", "User does not exist.")
    pre_authentication(call, pool, client, name, user)
    if flow == "USER_AUTH":
        return begin_choice(call, pool, client, named(call, pool, name, user), parameters)
    if flow == "USER_SRP_AUTH":
        return srp_challenge(call, pool, client, name, user, _parameter(parameters, "SRP_A"))
    right = password_is_right(user, _parameter(parameters, "PASSWORD"))
    return password_decided(call, pool, client, name, user, right=right)


def _parameter(parameters: Doc, name: str) -> str:
    value = parameters.get(name)
    if not value:
        raise invalid(f"Missing required parameter {name}")
    return str(value)
