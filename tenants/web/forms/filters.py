"""The filters of the operator's tables. They live in the address; a value that is not offered filters nothing."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenants.audit_actions import ACTION_LABELS
from tenants.models import PoolKind, TenantStatus
from tenants.selectors import (
    FleetAuditFilter,
    PoolFilter,
    TenantFilter,
    choosable_applications,
    list_cells,
    list_operators,
)


class FilterForm(forms.Form):
    """A form whose unusable values are left out rather than refused."""

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)

    def chosen(self) -> dict[str, Any]:
        """Return the filters that are set and usable."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TenantFilterForm(FilterForm):
    """The filters of the list of tenants."""

    q = forms.CharField(
        label=_("Search tenants"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Name, slug or key")}),
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *TenantStatus.choices]
    )
    isolation = forms.ChoiceField(
        label=_("Isolation"), required=False, choices=[("", _("Any isolation")), *PoolKind.choices]
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.fields["cell"] = forms.ChoiceField(
            label=_("Cell"),
            required=False,
            choices=[("", _("Any cell")), *((cell.name, cell.name) for cell in list_cells())],
        )
        self.fields["application"] = forms.TypedChoiceField(
            label=_("Application"),
            required=False,
            coerce=uuid.UUID,
            choices=[("", _("Any application")), *((str(row.pk), row.name) for row in choosable_applications())],
        )

    def wanted(self) -> TenantFilter:
        """Return what to look for."""
        return TenantFilter(**self.chosen())


class SearchForm(FilterForm):
    """A search alone."""

    q = forms.CharField(required=False, max_length=100)

    def __init__(self, query: QueryDict, *, label: str, placeholder: str) -> None:
        super().__init__(query)
        self.fields["q"].label = label
        self.fields["q"].widget.attrs["placeholder"] = placeholder

    def text(self) -> str:
        """Return what to look for."""
        return str(self.chosen().get("q", ""))


class PoolFilterForm(FilterForm):
    """The filters of the list of user pools."""

    q = forms.CharField(
        label=_("Search user pools"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Pool or tenant")}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("Any kind")), (PoolKind.SHARED, _("Shared")), (PoolKind.DEDICATED, _("Dedicated"))],
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.fields["cell"] = forms.ChoiceField(
            label=_("Cell"),
            required=False,
            choices=[("", _("Any cell")), *((cell.name, cell.name) for cell in list_cells())],
        )

    def wanted(self) -> PoolFilter:
        """Return what to look for."""
        return PoolFilter(**self.chosen())


class FleetAuditFilterForm(FilterForm):
    """The filters of the fleet's audit log."""

    q = forms.CharField(
        label=_("Search the log"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Who, or what was changed")}),
    )
    action = forms.ChoiceField(
        label=_("Action"),
        required=False,
        choices=[("", _("Any action")), *((action.value, label) for action, label in ACTION_LABELS.items())],
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.fields["actor"] = forms.ChoiceField(
            label=_("Actor"),
            required=False,
            choices=[("", _("Anybody")), *((str(account.pk), str(account)) for account in list_operators())],
        )

    def wanted(self) -> FleetAuditFilter:
        """Return what to look for."""
        return FleetAuditFilter(**self.chosen())
