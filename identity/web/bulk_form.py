"""The form with which a bulk job is prepared."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import BulkKind, BulkState
from identity.selectors.bulk import JobFilter
from identity.services.bulk_input import MOST_BYTES, Person, read_csv, read_pasted
from tenants.web.forms.filters import FilterForm

_KINDS = [
    (BulkKind.CREATE, _("Create users\nIn Cognito now; an invitation lets them in. E-mail address and name.")),
    (BulkKind.UPDATE, _("Change names\nOf users who are here, by their e-mail address.")),
    (BulkKind.DISABLE, _("Disable users\nSigned out everywhere, and kept out until they are enabled again.")),
    (BulkKind.ENABLE, _("Enable users\nWho were disabled.")),
    (BulkKind.DELETE, _("Delete users\nFor good. You are asked once more.")),
]


class JobFilterForm(FilterForm):
    """The filters of the list of jobs."""

    q = forms.CharField(
        label=_("Search bulk changes"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Who asked for it")}),
    )
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Any change")), *BulkKind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any state")), *BulkState.choices])

    def wanted(self) -> JobFilter:
        """Return what to look for."""
        return JobFilter(**self.chosen())


class BulkForm(forms.Form):
    """What is to be done, and to whom: a file, or lines that were pasted."""

    kind = forms.ChoiceField(
        label=_("What to do"),
        choices=_KINDS,
        initial=BulkKind.CREATE,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )
    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        help_text=_(
            "UTF-8. The first line names the columns: email, and name where it matters. Up to 50,000 lines and 10 MB."
        ),
    )
    people = forms.CharField(
        label=_("Or paste lines"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "ada@example.com, Ada Lovelace\nalan@example.com"}),
        help_text=_("One person a line: the e-mail address, then a comma and the name."),
    )
    send_invitations = forms.BooleanField(
        label=_("Send each created user an invitation"),
        required=False,
        help_text=_("With a link by which they come in. Without it they cannot sign in until you invite them."),
    )

    def clean(self) -> dict[str, Any]:
        """Make sure that there is one source of people, and not two."""
        values = super().clean() or {}
        file, people = values.get("file"), values.get("people", "").strip()
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", _("The file is larger than 10 MB. Upload it in several parts."))
        elif file is not None and people:
            self.add_error("people", _("Upload a file or paste lines, not both."))
        elif file is None and not people and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste lines below."))
        return values

    def people_given(self) -> Iterator[Person]:
        """Return the people of valid input, as they are read."""
        file = self.cleaned_data["file"]
        return read_csv(file.file) if file is not None else read_pasted(self.cleaned_data["people"])
