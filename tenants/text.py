"""Plain checks of short texts that people type."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed

# Of a person, in characters.
LONGEST_NAME = 100


def clean_line(value: str, *, field: str, longest: int) -> str:
    """Return a line of text with single spaces.

    Args:
        value: as typed.
        field: the form field to blame.
        longest: in characters.

    Raises:
        ValidationFailed: it is empty, too long, or holds control characters.
    """
    line = " ".join(value.split())
    if not line:
        message = _("This is needed.")
    elif len(line) > longest or not line.isprintable():
        message = _("Use at most %(longest)d printable characters.") % {"longest": longest}
    else:
        return line
    raise ValidationFailed(message, fields={field: message})


def clean_email(value: str) -> str:
    """Return an e-mail address as it is kept: trimmed and in lower case.

    Before the @ it has only ASCII characters (RFC 5321, section 4.1.2): others may look like those of another address,
    or become them in lower case, as the sign for kelvin becomes a k.

    Raises:
        ValidationFailed: it is not one.
    """
    typed = value.strip()
    email = typed.lower()
    try:
        validate_email(email)
        # Django lets control characters through, and those that turn the direction of text around.
        if not email.isprintable():
            raise ValidationError("not printable")
        if not typed.rpartition("@")[0].isascii():
            raise ValidationError("not ASCII")
    except ValidationError as error:
        message = _("Enter an e-mail address such as name@example.com.")
        raise ValidationFailed(message, fields={"email": message}) from error
    return email


def clean_name(value: str) -> str:
    """Return a name with single spaces.

    Raises:
        ValidationFailed: it is longer than `LONGEST_NAME` characters, or holds control characters.
    """
    name = " ".join(value.split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        message = _("Use at most %(limit)d printable characters.") % {"limit": LONGEST_NAME}
        raise ValidationFailed(message, fields={"name": message})
    return name
