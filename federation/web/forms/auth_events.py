"""The filter of the log of sign-ins."""

import uuid

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from federation.models import AuthOutcome, AuthWay
from federation.selectors.auth_events import AuthEventFilter
from tenants.models import Application, Tenant, TenantApplication
from tenants.web.forms.filters import FilterForm

_NEW = "new"


class AuthEventFilterForm(FilterForm):
    """Who, what came of it, by what, for which application, and when."""

    q = forms.CharField(
        label=_("Search the log of sign-ins"),
        required=False,
        max_length=254,
        widget=forms.SearchInput(attrs={"placeholder": _("E-mail or IP address")}),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Any outcome")), *AuthOutcome.choices]
    )
    way = forms.ChoiceField(label=_("Way"), required=False, choices=[("", _("Any way")), *AuthWay.choices])
    browser = forms.ChoiceField(
        label=_("Browser"), required=False, choices=[("", _("Any browser")), (_NEW, _("New browsers"))]
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    # Links on the page lead here; they are shown while they narrow the list.
    reason = forms.CharField(required=False, max_length=48, widget=forms.HiddenInput)
    user = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, tenant: Tenant) -> None:
        super().__init__(query)
        rows = Application.objects.filter(
            pk__in=TenantApplication.objects.filter(tenant=tenant).values("application")
        ).order_by("name")
        self.fields["application"] = forms.TypedChoiceField(
            label=_("Application"),
            required=False,
            coerce=uuid.UUID,
            choices=[("", _("Any application")), *((str(row.pk), row.name) for row in rows)],
        )
        self.order_fields(["q", "outcome", "way", "browser", "application"])

    def wanted(self) -> AuthEventFilter:
        """Return what to look for."""
        chosen = self.chosen()
        new_device = chosen.pop("browser", "") == _NEW
        return AuthEventFilter(new_device=new_device, **chosen)
