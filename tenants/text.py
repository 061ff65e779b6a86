"""Plain checks of short texts that people type."""

from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed


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
