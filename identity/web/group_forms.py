"""Forms about groups."""

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.services.groups import LONGEST_DESCRIPTION


class DescriptionForm(forms.Form):
    """Describes a group otherwise."""

    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        help_text=_("For you and your colleagues; applications do not see it."),
    )


class GroupForm(DescriptionForm):
    """Makes a group."""

    field_order = ("name", "description")
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_(
            "What applications go by: up to 64 letters, digits and . _ : - without spaces. It cannot be changed later."
        ),
    )


class MembersForm(forms.Form):
    """Puts users into a group."""

    emails = forms.CharField(
        label=_("Add users"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("E-mail addresses of your users, one per line; at most 200 at a time."),
    )
    most = 200

    def clean_emails(self) -> list[str]:
        """Return the addresses, each once and in lower case."""
        text: str = self.cleaned_data["emails"]
        found = list(dict.fromkeys(line.strip().lower() for line in text.splitlines() if line.strip()))
        if len(found) > self.most:
            raise forms.ValidationError(_("Give at most %(most)d addresses.") % {"most": self.most})
        return found
