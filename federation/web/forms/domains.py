"""Forms about e-mail domains."""

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.domains.names import LONGEST


class ClaimForm(forms.Form):
    """Claims a domain."""

    name = forms.CharField(
        label=_("Domain"),
        max_length=LONGEST + 64,
        help_text=_("What follows the @ in the e-mail addresses of your people, such as example.com."),
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false", "autocomplete": "off"}),
    )
