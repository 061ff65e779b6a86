"""What is asked of operators' own passwords beyond Django's validators."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from identity.leaked_passwords import is_leaked


class LeakedPasswordValidator:
    """Refuses a password that is known from a breach; a validator of Django's `AUTH_PASSWORD_VALIDATORS`."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse it.

        Raises:
            ValidationError: it is known.
        """
        if is_leaked(password):
            raise ValidationError(leaked_words(), code="password_leaked")

    def get_help_text(self) -> str:
        """Return what is asked, for a form."""
        return _("Choose a password that is not known from a breach elsewhere.")


def leaked_words() -> str:
    """Return what to tell somebody who chose a password that is known from a breach."""
    return _("This password became known by a breach of another service. Choose one that you use nowhere else.")
