"""The custom message trigger: a function that writes the words of a message (DG:user-pool-lambda-custom-message)."""

from dataclasses import dataclass

from local.cognito.errors import invalid
from local.cognito.functions import invoke, unreadable
from local.cognito.model import Doc, check_value
from local.cognito.operations import Call
from local.cognito.signin_functions import attributes_told, client_metadata, event
from local.cognito.users import User

CODE, USERNAME = "{####}", "{username}"
_INVITATION = "AdminCreateUser"
# What an answer may have, with the model's type of the same words in a pool's own templates. A mail that is not of its
# type is refused as quoted in amazon-archives/amazon-cognito-identity-js#99, aws/aws-lambda-go#330 and
# aws-amplify/amplify-js#6917 ("at 'emailBody'"); that the other two are held to theirs is our reading.
_TYPES = {
    "emailSubject": ("EmailVerificationSubjectType", "emailSubject"),
    "emailMessage": ("EmailVerificationMessageType", "emailBody"),
    "smsMessage": ("SmsVerificationMessageType", "smsMessage"),
}


@dataclass(frozen=True)
class Words:
    """What a function wrote, with the marks in it; None where it left Cognito's own words."""

    subject: str | None = None
    mail: str | None = None
    sms: str | None = None


def custom_words(call: Call, pool: Doc, user: User, client_id: str, source: str) -> Words:
    """Ask a pool's function for the words of a message to a user.

    Args:
        call: the operation.
        pool: whose function.
        user: to whom.
        client_id: of the app client that takes part.
        source: Authentication, ForgotPassword, VerifyUserAttribute, SignUp, ResendCode or AdminCreateUser.

    Raises:
        Needed, ServiceError: as `functions.invoke`; also where Cognito does not take what the function wrote.
    """
    request = {
        "userAttributes": attributes_told(user),
        "codeParameter": CODE,
        # "This is null for all events other than the AdminCreateUser action" (@types/aws-lambda).
        "usernameParameter": USERNAME if source == _INVITATION else None,
        **client_metadata(call),
    }
    told = event(pool, f"CustomMessage_{source}", user.username, client_id, request)
    answer = invoke(call, pool, "CustomMessage", {**told, "response": dict.fromkeys(_TYPES)})
    if answer is None:
        return Words()
    written = {name: answer.get(name) for name in _TYPES}
    for name, (shape, path) in _TYPES.items():
        text = written[name]
        if text is None:
            continue
        if not isinstance(text, str):
            raise unreadable()
        check_value(shape, text, path)
        if source == _INVITATION and name != "emailSubject" and USERNAME not in text:
            raise invalid(f"The {name} of an invitation lacks {USERNAME}.")
    return Words(written["emailSubject"], written["emailMessage"], written["smsMessage"])
