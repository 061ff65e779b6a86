"""Who an access token belongs to, for operations that users call themselves."""

from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.tokens import user_of_access_token
from local.cognito.users import User


def token_holder(call: Call) -> tuple[Doc, Doc, User]:
    """Pool, token claims and user of the request's AccessToken, or NotAuthorizedException."""
    return user_of_access_token(call, str(call.params["AccessToken"]))
