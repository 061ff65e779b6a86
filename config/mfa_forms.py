"""allauth's forms for a second factor: a code of an authenticator app works once (RFC 6238 section 5.2).

allauth forgets after one step which codes were used. With a tolerance, they are good for longer.
"""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _EachOnce(forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    def clean_code(self) -> str:
        """Return a right code that was not used before."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_first(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _is_first(self, code: str) -> bool:
        digits = "".join(filter(str.isdigit, code))
        good_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        return bool(cache.add(f"config.mfa_forms:{self.authenticator.pk}:{digits}", True, timeout=good_for))


class AuthenticateForm(_EachOnce, forms.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """Asks for a code when somebody signs in."""


class ReauthenticateForm(_EachOnce, forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """Asks for one before something sensitive."""
