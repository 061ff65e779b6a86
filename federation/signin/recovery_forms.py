"""The forms of the pages for whoever lacks something to sign in with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.signin.forms import NewPasswordForm, digits_of
from tenants.errors import ValidationFailed
from tenants.text import clean_name


class SignUpForm(forms.Form):
    """Who wants to make an account."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Check what a name may be made of."""
        try:
            return clean_name(self.cleaned_data["name"])
        except ValidationFailed as error:
            raise forms.ValidationError(error.message) from error


class RecoveryCodeForm(forms.Form):
    """A recovery code, with or without its hyphens."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "autofocus": True}),
    )


class ResetForm(NewPasswordForm):
    """The code that Cognito mailed, and a new password, typed twice."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )
    field_order = ("code", "password", "repeated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"].widget.attrs["autofocus"]

    def clean_code(self) -> str:
        """Accept spaces, and nothing but six digits otherwise."""
        return digits_of(self.cleaned_data["code"], 6, _("Enter the six digits of the mail."))
