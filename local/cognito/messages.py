"""The wording of letters: the pool's templates, or Cognito's defaults."""

from local.cognito.mail import Letter
from local.cognito.model import Doc
from local.cognito.texts import Text
from local.cognito.users import User

_INVITATION = "Your username is {username} and temporary password is {####}."
_SIGN_IN = "Your authentication code is {####}"
_CODE = "Your confirmation code is {####}"


def invitation(pool: Doc, user: User, password: str) -> Letter | None:
    """The invitation with a temporary password.

    None where the pool's own template has no place for the password: nothing is sent then
    (B:AdminCreateUserConfigType, reference 2.7).
    """
    template = pool["AdminCreateUserConfig"].get("InviteMessageTemplate", {})
    body = str(template.get("EmailMessage", _INVITATION))
    if "{####}" not in body:
        return None
    html = body.replace("{username}", user.username).replace("{####}", password)
    return Letter(user.attributes["email"], str(template.get("EmailSubject", "Your temporary password")), html)


def reset_code(pool: Doc, user: User, code: str) -> Letter:
    """The letter with a code for a new password."""
    return attribute_letter(pool, user.attributes["email"], code)


def attribute_letter(pool: Doc, address: str, code: str) -> Letter:
    """The letter with a code that shows that the address is the user's."""
    template = pool["VerificationMessageTemplate"]
    body = str(template.get("EmailMessage", pool.get("EmailVerificationMessage", _CODE)))
    subject = str(template.get("EmailSubject", pool.get("EmailVerificationSubject", "Your verification code")))
    return Letter(address, subject, body.replace("{####}", code))


def attribute_text(pool: Doc, number: str, code: str) -> Text:
    """The text message with such a code."""
    template = pool["VerificationMessageTemplate"].get("SmsMessage", pool.get("SmsVerificationMessage", _CODE))
    return Text(number, str(template).replace("{####}", code))


def sign_in_letter(pool: Doc, address: str, code: str) -> Letter:
    """The letter with a code for signing in, the first factor's or the second's (B:EmailMfaConfigType)."""
    template = pool.get("EmailMfaConfiguration", {})
    body = str(template.get("Message", _SIGN_IN))
    return Letter(address, str(template.get("Subject", "Your authentication code")), body.replace("{####}", code))


def sign_in_text(pool: Doc, number: str, code: str) -> Text:
    """The text message with such a code (B:CreateUserPoolRequest, SmsAuthenticationMessage)."""
    return Text(number, str(pool.get("SmsAuthenticationMessage", _SIGN_IN)).replace("{####}", code))
