"""The wording of letters: the pool's templates, or Cognito's defaults."""

from local.cognito.mail import Letter
from local.cognito.model import Doc
from local.cognito.users import User

_INVITATION = "Your username is {username} and temporary password is {####}."
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
    template = pool["VerificationMessageTemplate"]
    body = str(template.get("EmailMessage", pool.get("EmailVerificationMessage", _CODE)))
    subject = str(template.get("EmailSubject", pool.get("EmailVerificationSubject", "Your verification code")))
    return Letter(user.attributes["email"], subject, body.replace("{####}", code))
