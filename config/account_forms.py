"""allauth's forms in the product's words: an address is an "E-mail" on every page."""

from typing import Any

from allauth.account import forms
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """The operators' sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["login"])


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Asks for the link that sets a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["email"])


def _reword(field: Field) -> None:
    field.label = _("E-mail")
    field.widget.attrs["placeholder"] = _("E-mail address")
