"""The form that describes a new tenant."""

import uuid
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from identity.services.onboarding import TenantDraft
from tenants.models import PoolKind
from tenants.selectors import choosable_applications, list_cells

_DEDICATED = format_lazy(
    "{}\n{}",
    PoolKind.DEDICATED.label,
    _(
        "A Cognito user pool that no other tenant shares. Its MFA mode and password length are the tenant's own at "
        "Cognito too, and a fault or a quota of one pool stays with one tenant. For large or regulated customers. It "
        "takes longer to create, and a cell holds a limited number of pools."
    ),
)
_SHARED = format_lazy(
    "{}\n{}",
    PoolKind.SHARED.label,
    _(
        "A part of a pool that other tenants live in too: app clients and users of its own, reached through our "
        "sign-in alone. For many smaller customers. MFA may be stricter than the pool's, which sign-in enforces; the "
        "password length is the pool's. Two tenants on one Microsoft Entra directory cannot both use SAML in one pool."
    ),
)

# Leaving the name or the slug asks the server what the slug will be, or what is wrong with it.
_ASKS_FOR_SLUG = {
    "hx-get": reverse_lazy("fleet:tenant-slug"),
    "hx-trigger": "change",
    "hx-target": "#slug-hint",
    "hx-swap": "outerHTML",
    "hx-include": "[name=name], [name=slug]",
}


class TenantForm(forms.Form):
    """Name, slug, place, first owner and applications of a new tenant."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The customer's name, as its users know it."),
        widget=forms.TextInput(attrs=_ASKS_FOR_SLUG),
    )
    slug = forms.CharField(
        label=_("Slug"),
        max_length=40,
        required=False,
        help_text=_("Names the tenant in addresses. Empty: made from the name. It cannot be changed yet."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", **_ASKS_FOR_SLUG}),
    )
    cell = forms.ChoiceField(
        label=_("Cell"),
        help_text=_("The AWS account and Region: where the users' data is kept, and whose quotas count."),
    )
    isolation = forms.ChoiceField(
        label=_("Isolation"),
        choices=[(PoolKind.DEDICATED.value, _DEDICATED), (PoolKind.SHARED.value, _SHARED)],
        initial=PoolKind.DEDICATED.value,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )
    admin_email = forms.EmailField(
        label=_("First admin's e-mail address"),
        help_text=_("They become the tenant's owner. An invitation with a link that works once is sent to them."),
    )
    applications = forms.MultipleChoiceField(
        label=_("Applications"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What its users may sign in to, beside the dashboard. It can be changed at any time."),
    )

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        cells = [(str(cell.pk), str(cell)) for cell in list_cells()]
        self.fields["cell"].choices = cells  # type: ignore[attr-defined]  # Declared above as a ChoiceField.
        applications = [(str(application.pk), application.name) for application in choosable_applications()]
        self.fields["applications"].choices = applications  # type: ignore[attr-defined]  # As above.
        if len(cells) == 1:
            self.fields["cell"].initial = cells[0][0]

    def draft(self, draft_id: uuid.UUID) -> TenantDraft:
        """Return what was asked for; the form must be valid."""
        data = self.cleaned_data
        return TenantDraft(
            id=draft_id,
            name=data["name"],
            slug=data["slug"],
            cell_id=uuid.UUID(data["cell"]),
            isolation=PoolKind(data["isolation"]),
            admin_email=data["admin_email"],
            application_ids=tuple(uuid.UUID(value) for value in data["applications"]),
        )
