"""The form that names a cell's function for Cognito's messages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.message_function import example_arn
from tenants.models import Cell


class CellMessageForm(forms.Form):
    """One ARN; empty for none."""

    message_function_arn = forms.CharField(
        label=_("ARN of the function"),
        required=False,
        max_length=2048,
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, cell: Cell, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"message_function_arn": cell.message_function_arn})
        self.fields["message_function_arn"].help_text = _(
            "Such as %(example)s. Every user pool of this cell that names no CustomMessage function itself has it, "
            "also those that are opened later. Empty: none."
        ) % {"example": example_arn(cell)}
