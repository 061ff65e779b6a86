"""The form of a role of an application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import ApplicationRole
from tenants.permissions import TenantRole
from tenants.services.application_roles import LONGEST_DESCRIPTION, RoleSettings


class ApplicationRoleForm(forms.Form):
    """What a role is called, and who has it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text=_("What tokens say in “roles”, such as editor."),
    )
    description = forms.CharField(label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False)
    everybody = forms.BooleanField(
        label=_("Everybody has it"), required=False, help_text=_("All users of the tenants that have the application.")
    )
    tenant_roles = forms.MultipleChoiceField(
        label=_("Users with a role in their tenant"),
        required=False,
        choices=TenantRole.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    group_names = forms.CharField(
        label=_("Members of groups"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Names of groups, one per line, compared exactly. Groups are each tenant's own: its administrators decide "
            "who is in one of that name."
        ),
    )

    @classmethod
    def initial_of(cls, role: ApplicationRole) -> dict[str, object]:
        """Return what the form shows for a role."""
        shown = {name: getattr(role, name) for name in cls.base_fields}
        return {**shown, "group_names": "\n".join(role.group_names)}

    def settings(self) -> RoleSettings:
        """Return what was asked for; the form must be valid."""
        data = self.cleaned_data
        lines = (line.strip() for line in data["group_names"].splitlines())
        return RoleSettings(
            name=data["name"],
            description=data["description"],
            tenant_roles=tuple(data["tenant_roles"]),
            group_names=tuple(line for line in lines if line),
            everybody=data["everybody"],
        )
