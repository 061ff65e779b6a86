"""The form that adds somebody to the operator's staff."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.permissions import OperatorRole


class OperatorForm(forms.Form):
    """Who they are and what they may do. They choose their password themselves."""

    name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("They sign in with it. A link to set their password is sent there.")
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (OperatorRole.OWNER, _("Owner\nDoes everything: tenants, applications, cells and this team.")),
            (OperatorRole.SUPPORT, _("Support\nSees the fleet, runs sync, and enters tenants for a stated reason.")),
            (OperatorRole.AUDITOR, _("Auditor\nSees the fleet and its audit log, and changes nothing.")),
        ],
        initial=OperatorRole.SUPPORT,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )
