"""The form that adds a cell."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.services.cells import CellSettings


class CellForm(forms.Form):
    """Where a cell is and how it is reached."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Short, in lower case, such as eu-main."))
    region = forms.CharField(
        label=_("AWS Region"), max_length=32, help_text=_("It decides where the users' data is kept: eu-central-1.")
    )
    role_arn = forms.CharField(
        label=_("Role to assume"),
        required=False,
        max_length=2048,
        help_text=_("Its ARN, where the cell is another AWS account. Empty: the identity that the product runs with."),
    )
    external_id = forms.CharField(
        label=_("External id"),
        required=False,
        max_length=1224,
        help_text=_("What the role's trust policy asks for, so that nobody else can make us use it."),
    )
    endpoint_url = forms.CharField(
        label=_("Endpoint"),
        required=False,
        max_length=200,
        help_text=_("Empty for AWS. An emulator's address otherwise."),
    )
    hosted_base_url = forms.CharField(
        label=_("Address of the endpoint's hosted pages"),
        required=False,
        max_length=200,
        help_text=_("Only with an endpoint: AWS's own are at amazoncognito.com."),
    )

    def settings(self) -> CellSettings:
        """Return what was asked for; the form must be valid."""
        return CellSettings(**self.cleaned_data)
