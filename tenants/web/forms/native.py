"""The form of an application's native mode."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from tenants.models import Application, NativeMode
from tenants.services.native import ATTRIBUTES, STANDARD_SCOPES, WRITABLE, NativeOptions


def _checkboxes(label: object, names: tuple[str, ...], help_text: object) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=str(label),
        help_text=str(help_text),
        required=False,
        choices=[(name, name) for name in names],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
    )


def _number(label: object, least: int, most: int, help_text: object) -> forms.IntegerField:
    bounds = [MinValueValidator(least), MaxValueValidator(most)]
    return forms.IntegerField(label=str(label), help_text=str(help_text), validators=bounds)


class NativeForm(forms.Form):
    """How the app clients of an application in native mode are set."""

    public_client = forms.BooleanField(
        label=_("Public client"),
        required=False,
        help_text=_("For browser and mobile applications, which can keep no secret. It cannot be changed later."),
    )
    standard_scopes = _checkboxes(
        _("Scopes"), STANDARD_SCOPES, _("What tokens may hand out about the user. “openid” makes an ID token.")
    )
    api_scopes = forms.CharField(
        label=_("Scopes of the application's own API"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "One per line: its name, a space, and what it allows, such as “orders.read Read orders”. In tokens they "
            "begin with the application's audience."
        ),
    )
    readable = _checkboxes(_("Attributes it may read"), ATTRIBUTES, _("All others stay out of ID tokens."))
    writable = _checkboxes(
        _("Attributes its users may change"),
        WRITABLE,
        _("With an access token of Cognito they can change these themselves, past your pages."),
    )
    access_minutes = _number(_("Access tokens (minutes)"), 5, 1440, _("5 to 1,440 (one day)."))
    id_minutes = _number(_("ID tokens (minutes)"), 5, 1440, _("5 to 1,440 (one day)."))
    refresh_days = _number(
        _("Refresh tokens (days)"),
        1,
        3650,
        _(
            "1 to 3,650. In a pool that remembers browsers, an application that signs people in by Cognito's API "
            "itself has to confirm their device, as Amplify does, or it cannot refresh."
        ),
    )
    rotate_refresh = forms.BooleanField(
        label=_("Rotate refresh tokens"),
        required=False,
        help_text=_("Each exchange gives a new one and ends the old one, so that a stolen one is found out."),
    )
    rotation_grace_seconds = _number(
        _("An exchanged refresh token still works for (seconds)"), 0, 60, _("0 to 60, for answers that get lost.")
    )

    @classmethod
    def initial_of(cls, application: Application) -> dict[str, object]:
        """Return what the form shows: the application's native mode, or what is usual for a new one."""
        mode = NativeMode.objects.filter(application=application).first() or NativeMode(application=application)
        scopes = application.scopes.values_list("name", "description")
        shown = {name: getattr(mode, name) for name in cls.base_fields if name != "api_scopes"}
        return {**shown, "api_scopes": "\n".join(f"{name} {description}" for name, description in scopes)}

    def options(self) -> NativeOptions:
        """Return what was asked for; the form must be valid."""
        data = dict(self.cleaned_data)
        lines = [line.strip().partition(" ") for line in data.pop("api_scopes").splitlines() if line.strip()]
        return NativeOptions(**data, api_scopes=[(name, description.strip()) for name, _space, description in lines])
