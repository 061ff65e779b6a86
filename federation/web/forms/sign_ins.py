"""The filter of a connection's log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.models import SignInOutcome
from tenants.web.forms.filters import FilterForm


class SignInFilterForm(FilterForm):
    """What came of it."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Any outcome")), *SignInOutcome.choices]
    )

    def wanted(self) -> str:
        """Return the outcome to look for; empty for all."""
        return str(self.chosen().get("outcome", ""))
