"""The triggers around a sign-up, a sign-in and a confirmation: what each function is told."""

from local.cognito.client_auth import hides_existence
from local.cognito.errors import invalid
from local.cognito.functions import invoke, unreadable
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.users import User

# What AWS's events name where no client takes part, as in localstack/localstack#2964.
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"


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


def post_authentication(call: Call, pool: Doc, client: Doc, user: User, *, new_device: bool = False) -> None:
    """PostAuthentication, once somebody has signed in and before there are tokens; it may refuse them.

    `new_device`: the pool tracks devices and this sign-in is from none of the user's
    (DG:user-pool-lambda-post-authentication).
    """
    request = {"userAttributes": attributes_told(user), "newDeviceUsed": new_device, **client_metadata(call)}
    told = event(pool, "PostAuthentication_Authentication", user.username, str(client["ClientId"]), request)
    invoke(call, pool, "PostAuthentication", told)


def pre_sign_up(call: Call, pool: Doc, client_id: str, user: User, source: str) -> bool:
    """PreSignUp, `source` being SignUp, AdminCreateUser or ExternalProvider; the user is not stored yet.

    It may refuse the user, and verify the addresses of one whom no administrator made: of those all three decisions
    are ignored (DG:user-pool-lambda-pre-sign-up). The form of the event is that of localstack/localstack#2964.

    Returns:
        Whether the user is confirmed without a code.
    """
    given = {name: value for name, value in user.attributes.items() if name != "sub"}
    data = {str(item["Name"]): str(item.get("Value", "")) for item in call.params.get("ValidationData", [])}
    request: Doc = {"userAttributes": given, "validationData": data or None, **client_metadata(call)}
    nothing = {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
    told = {**event(pool, f"PreSignUp_{source}", user.username, client_id, request), "response": nothing}
    answer = invoke(call, pool, "PreSignUp", told)
    if answer is None:
        return False
    # Answered or not, the three are truth values; null is none of them.
    decided = {name: answer.get(name, False) for name in nothing}
    if not all(isinstance(value, bool) for value in decided.values()):
        raise unreadable()
    if source == "AdminCreateUser":
        return False
    for decision, name in (("autoVerifyEmail", "email"), ("autoVerifyPhone", "phone_number")):
        if decided[decision]:
            if not user.attributes.get(name):
                raise invalid(f"User does not have {name} set, which the pre sign-up function verified.")
            user.attributes[f"{name}_verified"] = "true"
    return bool(decided["autoConfirmUser"])


def post_confirmation(call: Call, pool: Doc, client_id: str, user: User, source: str) -> None:
    """PostConfirmation, `source` being ConfirmSignUp or ConfirmForgotPassword; what was confirmed stays so if it fails.

    ConfirmSignUp is also that of an administrator's confirmation, of a sign-up that PreSignUp confirmed, and of
    somebody's first sign-in through an identity provider. AdminCreateUser is not among its sources
    (DG:user-pool-lambda-post-confirmation).
    """
    request = {"userAttributes": attributes_told(user), **client_metadata(call)}
    told = event(pool, f"PostConfirmation_{source}", user.username, client_id, request)
    invoke(call, pool, "PostConfirmation", told)
