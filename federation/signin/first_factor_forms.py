"""The form for a code that was sent."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class OneTimeCodeForm(forms.Form):
    """A code that Cognito sent. How long those are is not documented: eight digits, and six in text messages."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Accept spaces in it, and nothing but six to eight digits otherwise."""
        code: str = self.cleaned_data["code"].replace(" ", "")
        if not (6 <= len(code) <= 8 and code.isascii() and code.isdigit()):
            raise ValidationError(_("Enter the digits of the code that was sent to you."))
        return code
