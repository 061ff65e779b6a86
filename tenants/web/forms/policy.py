"""The form of the sign-in policy page."""

from collections.abc import Sequence

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.factor_rules import remembering_obstacle
from tenants.first_factors import Place
from tenants.models import MfaPolicy, SignInPolicy, SignUpPolicy
from tenants.services.policy import PolicyChange
from tenants.web.forms.factors import SecondFactorsField
from tenants.web.forms.first_factors import FirstFactorsField
from tenants.web.forms.own_details import detail_fields, initial_details, take_details

_MFA_CHOICES = [
    (MfaPolicy.OFF, _("Off\nNobody is asked for a second factor, and nobody can set one up.")),
    (
        MfaPolicy.OPTIONAL,
        _(
            "Optional\nEverybody who comes with a password is offered one and may say “Not now”. "
            "Who has set one up is asked for it."
        ),
    ),
    (
        MfaPolicy.REQUIRED,
        _("Required\nEverybody is asked for one. Who has none yet sets one up at the next sign-in."),
    ),
]
_SIGN_UP_CHOICES = [
    (SignUpPolicy.OFF, _("Nobody\nUsers are invited, imported, or come by a connection.")),
    (
        SignUpPolicy.DOMAINS,
        _(
            "People of your domains\nWhoever reads mail at an address of a domain that you have proved, "
            "unless its rules lead to an identity provider."
        ),
    ),
    (SignUpPolicy.ANYONE, _("Anybody\nWhoever reads mail at the address that they give.")),
]
# The pool itself stays at "optional", so that Cognito goes on asking those who have a factor.
_OFF_IN_A_SHARED_POOL = (
    MfaPolicy.OFF,
    _("Off\nNobody can set one up. Who has one already is asked for it until you reset it on their page."),
)


_REMEMBERING = _(
    "0 to 90; 0 means never. After a second factor, people may tick “Do not ask again in this browser”. For that many "
    "days what they began with is enough there. Applications that ask for two factors (acr_values) still get them; "
    "account changes still ask. If you make it shorter, browsers that were remembered longer ago are asked at once."
)


def _mfa_field(choices: Sequence[tuple[str, Promise]]) -> forms.ChoiceField:
    cards = forms.RadioSelect(attrs={"class": "cards"})
    return forms.ChoiceField(label=_("Second factor"), choices=choices, widget=cards)


class PolicyForm(forms.Form):
    """What a tenant asks of those who sign in. It has no field for a password length that nobody can choose."""

    mfa = _mfa_field(_MFA_CHOICES)
    remember_days = forms.IntegerField(label=_("Remember browsers for (days)"), help_text=_REMEMBERING)
    password_min_length = forms.IntegerField(
        label=_("Shortest password, in characters"),
        help_text=_("12 to 99. Applies to passwords set from now on; passwords in use stay valid."),
    )
    session_idle_minutes = forms.IntegerField(
        label=_("End a session after inactivity of (minutes)"),
        help_text=_("5 to 43,200 (30 days)."),
    )
    session_absolute_minutes = forms.IntegerField(
        label=_("End every session after (minutes)"),
        help_text=_("5 to 129,600 (90 days). Then people sign in again, active or not."),
    )

    sign_up = forms.ChoiceField(
        label=_("Who may make an account without an invitation"),
        choices=_SIGN_UP_CHOICES,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )

    def __init__(self, *args: object, policy: SignInPolicy, place: Place, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own parameters, passed through
        self.fields["first_factors"] = FirstFactorsField(place, policy.first_factors, passwords=policy.password_allowed)
        self.fields["second_factors"] = SecondFactorsField(place, policy.second_factors)
        self._limit_remembering(policy, place)
        if place.shared or not policy.password_allowed:
            # Fixed for the whole pool, or about nothing: shown as a fact at most, never as a control that does nothing.
            del self.fields["password_min_length"]
        if place.shared:
            self.fields["mfa"] = _mfa_field([_OFF_IN_A_SHARED_POOL, *_MFA_CHOICES[1:]])
        if not policy.password_allowed:
            self.fields["mfa"].help_text = _("Off, as long as passwords are not used: a second factor follows one.")
        for name, field in self.fields.items():
            self._bound(name, field)
        self.fields.update(detail_fields())

    @classmethod
    def of(cls, policy: SignInPolicy, place: Place) -> "PolicyForm":
        """Return the form filled with what is saved."""
        names = (*cls.base_fields, "first_factors", "second_factors")
        initial = {name: getattr(policy, name) for name in names} | initial_details(policy.own_details)
        return cls(policy=policy, place=place, initial=initial)

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields of what people see and change of themselves."""
        return [self[name] for name in detail_fields()]

    def change(self) -> PolicyChange:
        """Return the change that a valid form asks for."""
        return PolicyChange(own_details=take_details(self.cleaned_data), **self.cleaned_data)

    def _limit_remembering(self, policy: SignInPolicy, place: Place) -> None:
        """Say what is in the way of remembering browsers; what was chosen before can still be taken back."""
        if because := remembering_obstacle(place.options):
            field = self.fields["remember_days"]
            field.help_text = because
            # Browsers do not send what is disabled: it stays as it is.
            field.initial, field.disabled = policy.remember_days, not policy.remember_days

    @staticmethod
    def _bound(name: str, field: forms.Field) -> None:
        """Take the bounds of a number from the model, which has the only copy of them."""
        column = SignInPolicy._meta.get_field(name)
        for validator in column.validators if isinstance(column, models.Field) else []:
            if isinstance(validator, MinValueValidator):
                field.widget.attrs["min"] = validator.limit_value
            if isinstance(validator, MaxValueValidator):
                field.widget.attrs["max"] = validator.limit_value
