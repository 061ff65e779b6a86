"""The shape of what can be said about metadata, and what is said more than once."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """When something is said."""

    REFUSED = "refused"  # Nothing could be read.
    ERROR = "error"  # It was read, and cannot work.
    WARNING = "warning"  # It works, but somebody should know.


@dataclass(frozen=True)
class Saying:
    """A message and its remedy; both may have places for what was found, as `str.format` has them."""

    kind: Kind
    message: Promise
    remedy: Promise


def refused(message: Promise, remedy: Promise) -> Saying:
    """Say why nothing could be read."""
    return Saying(Kind.REFUSED, message, remedy)


def error(message: Promise, remedy: Promise) -> Saying:
    """Say why it cannot work."""
    return Saying(Kind.ERROR, message, remedy)


def warning(message: Promise, remedy: Promise) -> Saying:
    """Say what should be known."""
    return Saying(Kind.WARNING, message, remedy)


DOWNLOAD_AGAIN = _("Download the metadata from the identity provider again and give it to us unchanged.")
DOWNLOAD_XML = _(
    "In the identity provider, look for “Metadata URL”, “Federation metadata” or “Download metadata”, and use the file "
    "that it gives you."
)
NEW_CERTIFICATE = _(
    "Make or activate a new signing certificate in the identity provider, then give us its metadata again."
)
NOTHING_TO_DO = _("There is nothing to do.")
