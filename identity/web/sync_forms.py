"""The filters and forms of the pages about sync. They name the fields; what is right is decided by the services."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from identity.models import Family, PlanOutcome, ResourceState
from identity.selectors.drift import DriftFilter
from identity.selectors.plans import ASKED, SCHEDULED, SHOWN, PlanFilter
from tenants.models import DriftMode, FleetSettings, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange
from tenants.web.forms.filters import FilterForm

# What the sync activity shows beside single states: what is not settled, and all there is.
OPEN, EVERYTHING = "open", "all"
_ORIGINS = [
    ("", _("Any reason")),
    (ASKED, _("A change or a person")),
    (SCHEDULED, _("The schedule")),
    (SHOWN, _("Shown only")),
]
_MODES = {
    DriftMode.REPORT: _("Report it, and let a person decide"),
    DriftMode.REPAIR: _("Repair it at once"),
}
_OUTCOMES = [("", _("Any outcome")), *PlanOutcome.choices]
_OWN_KINDS = [("", _("User pool and tenant")), (SyncKind.USER, _("Users"))]
_PLANNED_KINDS = [
    ("", _("Anything")),
    *((kind.value, kind.label) for kind in (SyncKind.POOL, SyncKind.TENANT, SyncKind.USER)),
]


class TenantSearchField(forms.CharField):
    """A search by the tenant that something concerns."""

    def __init__(self) -> None:
        words = forms.TextInput(attrs={"placeholder": _("Tenant's name, slug or key")})
        super().__init__(label=_("Search by tenant"), required=False, max_length=100, widget=words)


class ActivityFilterForm(FilterForm):
    """The filters of the sync activity; the state is chosen by the tabs."""

    q = TenantSearchField()
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Anything")), *SyncKind.choices])
    state = forms.ChoiceField(
        required=False, choices=[(EVERYTHING, ""), (OPEN, ""), *ResourceState.choices], widget=forms.HiddenInput
    )

    def state_wanted(self) -> str:
        """Return a `ResourceState`, `OPEN` or `EVERYTHING`: who looks for something finds it in any state."""
        chosen = self.chosen()
        return str(chosen.get("state") or (EVERYTHING if chosen else OPEN))


class PlanFilterForm(FilterForm):
    """The filters of the fleet's plans; `key` narrows them to the history of one thing."""

    q = TenantSearchField()
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=_PLANNED_KINDS)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=_OUTCOMES)
    origin = forms.ChoiceField(label=_("Asked for by"), required=False, choices=_ORIGINS)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> PlanFilter:
        """Return what to look for."""
        return PlanFilter(**{name: str(value) for name, value in self.chosen().items()})


class OwnPlanFilterForm(FilterForm):
    """The filters of a tenant's plans."""

    kind = forms.ChoiceField(label=_("Of"), required=False, choices=_OWN_KINDS)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=_OUTCOMES)
    origin = forms.ChoiceField(label=_("Asked for by"), required=False, choices=_ORIGINS)

    def wanted(self) -> PlanFilter:
        """Return what to look for."""
        return PlanFilter(**self.chosen())


class DriftFilterForm(FilterForm):
    """The filters of the fleet's drift."""

    q = TenantSearchField()
    family = forms.ChoiceField(
        label=_("Kind of resource"), required=False, choices=[("", _("Any resource")), *Family.choices]
    )

    def wanted(self) -> DriftFilter:
        """Return what to look for."""
        return DriftFilter(**self.chosen())


class DriftModeForm(forms.Form):
    """What happens to drift, for one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        fleet = DriftMode(FleetSettings.current().drift_mode)
        inherited = _("As everywhere: %(mode)s") % {"mode": str(_MODES[fleet]).lower()}
        self.fields["drift_mode"] = forms.ChoiceField(
            label=_("When somebody changes something in Cognito by hand"),
            initial=tenant.drift_mode,
            choices=[(DriftMode.INHERIT, inherited), *_MODES.items()],
        )


class FleetSettingsForm(forms.Form):
    """What holds for the whole fleet."""

    drift_mode = forms.ChoiceField(
        label=_("When somebody changes something in Cognito by hand"),
        choices=[
            (DriftMode.REPAIR, _("Repair it\nOur value is written again, and the audit log says what it was.")),
            (DriftMode.REPORT, _("Report it\nIt stands until a person has ours back or adopts it.")),
        ],
        widget=forms.RadioSelect(attrs={"class": "cards"}),
        help_text=_("For tenants that do not say otherwise, and for shared pools."),
    )
    compare_hours = forms.IntegerField(
        label=_("Compare everything with Cognito every (hours)"),
        help_text=_("1 to 168. The reads are spread over the whole time, behind all other work."),
    )
    retention_days = forms.IntegerField(
        label=_("Keep plans and deleted tenants for (days)"),
        help_text=_("1 to 365. A deleted tenant can be brought back for so long."),
    )
    sign_in_days = forms.IntegerField(
        label=_("Keep the log of sign-ins for (days)"),
        help_text=_("1 to 400. Who tried to sign in where, from where, and what came of it; the audit log stays."),
    )

    def __init__(self, data: QueryDict | None = None, *, saved: FleetSettings) -> None:
        initial = {name: getattr(saved, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        for name, field in self.fields.items():
            self._bound(name, field)

    def change(self) -> FleetSettingsChange:
        """Return the change that a valid form asks for."""
        return FleetSettingsChange(**self.cleaned_data)

    @staticmethod
    def _bound(name: str, field: forms.Field) -> None:
        """Take the bounds of a number from the model, which has the only copy of them."""
        column = FleetSettings._meta.get_field(name)
        for validator in column.validators if isinstance(column, models.PositiveSmallIntegerField) else []:
            if isinstance(validator, MinValueValidator):
                field.widget.attrs["min"] = validator.limit_value
            if isinstance(validator, MaxValueValidator):
                field.widget.attrs["max"] = validator.limit_value
