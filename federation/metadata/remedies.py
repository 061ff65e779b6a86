"""What to do about metadata, where it is said more than once."""

from django.utils.translation import gettext_lazy as _

DOWNLOAD_AGAIN = _("Download the metadata from the identity provider again and give it to us unchanged.")
DOWNLOAD_XML = _(
    "In the identity provider, look for “Metadata URL”, “Federation metadata” or “Download metadata”, and use the file "
    "that it gives you."
)
NEW_CERTIFICATE = _(
    "Make or activate a new signing certificate in the identity provider, then give us its metadata again."
)
