"""The wording of letters and text messages: a function's words, the pool's templates, or Cognito's defaults."""

from local.cognito.custom_message import CODE, USERNAME, Words
from local.cognito.mail import Letter
from local.cognito.model import Doc
from local.cognito.texts import Text
from local.cognito.users import User

_INVITATION = "Your username is {username} and temporary password is {####}."
_SIGN_IN = "Your authentication code is {####}"
_CODE = "Your confirmation code is {####}"


def invitation(pool: Doc, user: User, password: str, words: Words) -> Letter | None:
    """The invitation with a temporary password.

    None where the pool's own template has no place for the password: nothing is sent then
    (B:AdminCreateUserConfigType, reference 2.7).
    """
    template = pool["AdminCreateUserConfig"].get("InviteMessageTemplate", {})
    body = words.mail or str(template.get("EmailMessage", _INVITATION))
    if CODE not in body:
        return None
    html = body.replace(USERNAME, user.username).replace(CODE, password)
    return Letter(
        user.attributes["email"], words.subject or str(template.get("EmailSubject", "Your temporary password")), html
    )


def reset_code(pool: Doc, user: User, code: str, words: Words) -> Letter:
    """The letter with a code for a new password."""
    return attribute_letter(pool, user.attributes["email"], code, words)


def attribute_letter(pool: Doc, address: str, code: str, words: Words) -> Letter:
    """The letter with a code that shows that the address is the user's."""
    template = pool["VerificationMessageTemplate"]
    body = str(template.get("EmailMessage", pool.get("EmailVerificationMessage", _CODE)))
    subject = str(template.get("EmailSubject", pool.get("EmailVerificationSubject", "Your verification code")))
    return Letter(address, words.subject or subject, (words.mail or body).replace(CODE, code))


def attribute_text(pool: Doc, number: str, code: str, words: Words) -> Text:
    """The text message with such a code."""
    template = pool["VerificationMessageTemplate"].get("SmsMessage", pool.get("SmsVerificationMessage", _CODE))
    return Text(number, (words.sms or str(template)).replace(CODE, code))


def sign_in_letter(pool: Doc, address: str, code: str, words: Words) -> Letter:
    """The letter with a code for signing in, the first factor's or the second's (B:EmailMfaConfigType)."""
    template = pool.get("EmailMfaConfiguration", {})
    body = words.mail or str(template.get("Message", _SIGN_IN))
    subject = words.subject or str(template.get("Subject", "Your authentication code"))
    return Letter(address, subject, body.replace(CODE, code))


def sign_in_text(pool: Doc, number: str, code: str, words: Words) -> Text:
    """The text message with such a code (B:CreateUserPoolRequest, SmsAuthenticationMessage)."""
    return Text(number, (words.sms or str(pool.get("SmsAuthenticationMessage", _SIGN_IN))).replace(CODE, code))
