"""The form in front of a tenant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.services.support import LONGEST_REASON


class SupportForm(forms.Form):
    """Why an operator goes into a tenant."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("The tenant reads it in its audit log: a ticket number, and what you are going to do."),
    )
