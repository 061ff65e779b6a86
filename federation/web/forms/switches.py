"""The form with the switches of a SAML connection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.services.connection_switches import Switches


class SwitchesForm(forms.Form):
    """What Cognito is to do besides."""

    sign_requests = forms.BooleanField(label=_("Sign requests"), required=False)
    encrypt_assertions = forms.BooleanField(label=_("Take encrypted assertions only"), required=False)
    sign_out_there = forms.BooleanField(label=_("Sign people out there, too"), required=False)

    def switches(self) -> Switches:
        """Return what was asked for; the form must be valid."""
        return Switches(**self.cleaned_data)
