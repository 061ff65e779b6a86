"""The forms about the life of a connection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.services.connections import LONGEST_NAME


class ReasonForm(forms.Form):
    """Why a connection is activated without a test."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Such as: tried out with two colleagues on Friday")}),
        help_text=_("It goes into your audit log, with your name."),
    )


class NameForm(forms.Form):
    """What people call a connection."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("Also on the button of your sign-in page. Its name in Cognito stays."),
    )
