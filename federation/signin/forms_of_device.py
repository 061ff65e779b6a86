"""The form for the code that a device shows."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeviceCodeForm(forms.Form):
    """Eight letters, typed in whatever way."""

    user_code = forms.CharField(
        label=_("Code on the device"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
                "class": "mono",
            }
        ),
    )
