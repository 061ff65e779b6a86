"""The triggers around a sign-in and a confirmation: what each function is told."""

from local.cognito.client_auth import hides_existence
from local.cognito.functions import invoke
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.users import User


def event(pool: Doc, source: str, username: str, client_id: str, request: Doc) -> Doc:
    """The parameters that all events have (DG:cognito-user-pools-working-with-lambda-triggers), but for the version."""
    return {
        "triggerSource": source,
        "region": str(pool["Id"]).split("_")[0],
        "userPoolId": pool["Id"],
        "userName": username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
        "request": request,
        "response": {},
    }


def attributes_told(user: User) -> dict[str, str]:
    """A user's attributes as functions get them: with the status, which is none."""
    return {**user.attributes, "cognito:user_status": user.status}


def client_metadata(call: Call) -> Doc:
    """ClientMetadata of the request. That of InitiateAuth reaches only the first triggers (B:InitiateAuthRequest)."""
    given = call.params.get("ClientMetadata")
    return {"clientMetadata": given} if given and not call.operation.endswith("InitiateAuth") else {}


def pre_authentication(call: Call, pool: Doc, client: Doc, name: str, user: User | None) -> None:
    """PreAuthentication, when somebody begins to sign in; it may refuse.

    For nobody it is called only where the client hides who exists, and is told so
    (DG:user-pool-lambda-pre-authentication).
    """
    hides = hides_existence(client)
    if user is None and not hides:
        return
    request: Doc = {"userAttributes": {} if user is None else attributes_told(user)}
    if given := call.params.get("ClientMetadata"):
        request["validationData"] = given
    if hides:
        request["userNotFound"] = user is None
    username = name if user is None else user.username
    told = event(pool, "PreAuthentication_Authentication", username, str(client["ClientId"]), request)
    invoke(call, pool, "PreAuthentication", told)


def post_authentication(call: Call, pool: Doc, client: Doc, user: User) -> None:
    """PostAuthentication, once somebody has signed in and before there are tokens; it may refuse them.

    No device is ever new: this service remembers none (DG:user-pool-lambda-post-authentication).
    """
    request = {"userAttributes": attributes_told(user), "newDeviceUsed": False, **client_metadata(call)}
    told = event(pool, "PostAuthentication_Authentication", user.username, str(client["ClientId"]), request)
    invoke(call, pool, "PostAuthentication", told)


def post_confirmation(call: Call, pool: Doc, client: Doc, user: User, source: str) -> None:
    """PostConfirmation, `source` being ConfirmSignUp or ConfirmForgotPassword; what was confirmed stays so if it fails.

    AdminCreateUser is not among its sources (DG:user-pool-lambda-post-confirmation).
    """
    request = {"userAttributes": attributes_told(user), **client_metadata(call)}
    told = event(pool, f"PostConfirmation_{source}", user.username, str(client["ClientId"]), request)
    invoke(call, pool, "PostConfirmation", told)
