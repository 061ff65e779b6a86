"""In which language somebody is written to: nobody's browser is asked when a mail is written."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation

# As in `settings.BRAND_LANGUAGES`.
MAX_LENGTH = 8


def present_language() -> str:
    """Return the language of the page that is being answered, to be kept for mails that follow from it."""
    return translation.get_language() or settings.LANGUAGE_CODE


def written_in(language: str) -> AbstractContextManager[None]:
    """Have texts in a language.

    Args:
        language: what `present_language` said once; empty where that is not known, for English.
    """
    return translation.override(language or settings.LANGUAGE_CODE)
