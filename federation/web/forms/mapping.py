"""Forms for the third step: what is taken over of a person, what groups give, and who is let in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from federation.connections.mapping import GroupRule, Mapping
from federation.models import Connection, JitMode, Linking, MfaTrust
from federation.services.connection_mapping import Arrivals
from federation.services.connection_versions import ARRIVALS
from tenants.permissions import TenantRole
from tenants.pool_options import CustomAttribute

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    _FormSet: TypeAlias = BaseFormSet["RuleForm"]
else:
    # Generic in the stubs alone.
    _FormSet = BaseFormSet

CUSTOM = "custom-"
_MFA_TRUST = [
    (
        MfaTrust.PROVIDER,
        _("Their identity provider\nNobody is asked for more here. Have it ask for a second factor."),
    ),
    (
        MfaTrust.CLAIM,
        _("Their identity provider, if it says so\nWhose sign-in does not say that is asked for a code by Lifeguard."),
    ),
    (
        MfaTrust.OWN,
        _("Lifeguard\nThey set an authenticator app up here, and are asked for its code at each sign-in."),
    ),
]
_CLAIM = {"class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
_JIT = [
    (JitMode.ON, _("Let them in\nWhoever the identity provider lets in gets a user here at the first sign-in.")),
    (JitMode.INVITED, _("Only if they were invited\nYou invite people under Users; everybody else is turned away.")),
    (
        JitMode.OFF,
        _("Let nobody new in\nOnly people who signed in this way before, or are connected as below, get in."),
    ),
]
_LINKING = [
    (Linking.NEVER, _("Keep them apart\nThey sign in as they do now, and are turned away when they come this way.")),
    (
        Linking.PEOPLE,
        _("Connect people\nIf the address is verified here, of a domain that you have proved, and they have no role."),
    ),
    (
        Linking.TEAM,
        _("Connect admins and auditors, too\nWhoever runs the identity provider can sign in as them. Never owners."),
    ),
]


def _claim(
    label: "_StrPromise | str", help_text: "_StrPromise | str" = "", *, required: bool = False
) -> forms.CharField:
    widget = forms.TextInput(attrs=_CLAIM)
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=256, widget=widget)


class MappingForm(forms.Form):
    """Claims, and arrivals. The pool's own attributes have fields of their own, by the name after `custom-`."""

    email = _claim(_("E-mail address"), _("Needed: who has none cannot sign in."), required=True)
    name = _claim(_("Full name"))
    given_name = _claim(_("First name"))
    family_name = _claim(_("Last name"))
    groups = _claim(
        _("What holds the groups"), _("The attribute or claim that lists a person's groups. Empty: rules are not used.")
    )
    methods = _claim(
        _("What says how they signed in there"),
        _(
            "For the second answer: amr in OpenID Connect; with Entra ID the attribute authnmethodsreferences in SAML. "
            "Your provider has to send it at every sign-in: one that is left out may be read as it was the last time."
        ),
    )
    mfa_trust = forms.ChoiceField(
        label=_("Who sees to the second factor that your sign-in policy asks for"),
        choices=_MFA_TRUST,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )
    mfa_values = forms.CharField(
        label=_("Values that say that there was one"),
        required=False,
        widget=forms.Textarea(attrs={**_CLAIM, "rows": 2}),
        help_text=_("One a line. Empty: mfa, and Entra ID's multipleauthn."),
    )
    jit = forms.ChoiceField(
        label=_("Somebody whom you have no user for signs in"),
        choices=_JIT,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )
    default_role = forms.ChoiceField(
        label=_("Role of somebody new"),
        required=False,
        choices=[("", _("None: applications, but not this dashboard")), *TenantRole.choices],
        help_text=_("Where a rule above gives a role, the rule decides."),
    )
    linking = forms.ChoiceField(
        label=_("Somebody signs in with the e-mail address of a user who has another way in"),
        choices=_LINKING,
        widget=forms.RadioSelect(attrs={"class": "cards"}),
    )

    def __init__(self, *args: Any, attributes: Sequence[CustomAttribute], may_grant: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute in attributes:
            fixed = "" if attribute.mutable else _("Cannot be filled: its value is fixed once it is set.")
            field = _claim(attribute.name, fixed)
            field.disabled = not attribute.mutable
            self.fields[f"{CUSTOM}{attribute.name}"] = field
        if not may_grant:
            self.fields["default_role"].disabled = True
            self.fields["default_role"].help_text = _("Only an owner can have roles given.")
            if self.initial.get("linking") != Linking.TEAM:
                self.fields["linking"] = forms.ChoiceField(
                    label=self.fields["linking"].label,
                    choices=_LINKING[:-1],
                    widget=forms.RadioSelect(attrs={"class": "cards"}),
                    help_text=_("Only an owner can have people connected who have a role in this dashboard."),
                )

    @classmethod
    def initial_of(cls, connection: Connection) -> dict[str, str]:
        """Return what the form begins with."""
        mapping = connection.mapping
        claims = ("email", "name", "given_name", "family_name", "groups", "methods")
        return {
            **{name: getattr(mapping, name) for name in claims},
            **{f"{CUSTOM}{name}": claim for name, claim in mapping.custom.items()},
            **{name: getattr(connection, name) for name in ARRIVALS},
            "mfa_values": "\n".join(connection.mfa_values),
        }

    @property
    def people_fields(self) -> list[forms.BoundField]:
        """The fields about a person, in order: the usual ones, then the pool's own."""
        apart = ("groups", "methods", *ARRIVALS)
        return [self[name] for name in self.fields if name not in apart]

    @property
    def arrivals(self) -> Arrivals:
        """Who a valid form lets in."""
        said = {name: self.cleaned_data[name] for name in ARRIVALS}
        values = tuple(line.strip() for line in said["mfa_values"].splitlines() if line.strip())
        return Arrivals(**{**said, "mfa_values": values})

    def mapping(self, rules: Sequence[GroupRule]) -> Mapping:
        """Return what a valid form says, with these rules."""
        said = {name: str(value).strip() for name, value in self.cleaned_data.items()}
        custom = {name.removeprefix(CUSTOM): claim for name, claim in said.items() if name.startswith(CUSTOM) and claim}
        names = ("email", "name", "given_name", "family_name", "groups", "methods")
        claims = {name: said[name] for name in names}
        return Mapping(**claims, custom=custom, rules=tuple(rules))


class RuleForm(forms.Form):
    """What a group at the identity provider gives here. Empty, it is no rule."""

    value = _claim(_("Group at the identity provider"))
    group = forms.ChoiceField(label=_("Group here"), required=False)
    role = forms.ChoiceField(label=_("Role here"), required=False, choices=[("", _("None")), *TenantRole.choices])

    def __init__(self, *args: Any, groups: Sequence[str], may_grant: bool, ids: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"] = forms.ChoiceField(
            label=_("Group here"), required=False, choices=[("", _("None")), *((name, name) for name in groups)]
        )
        self.fields["role"].disabled = not may_grant
        if ids:
            self.fields["value"].label = _("Group at the identity provider, by its ID")

    @property
    def rule(self) -> GroupRule | None:
        """What a valid form says; None where it is empty."""
        said = {name: str(self.cleaned_data.get(name, "")).strip() for name in ("value", "group", "role")}
        return GroupRule(**said) if any(said.values()) else None


class Rules(_FormSet):
    """Rules, one under the other."""

    @property
    def rules(self) -> list[GroupRule]:
        """The rules of valid forms; empty ones are left out."""
        return [rule for rule in (form.rule for form in self.forms) if rule is not None]


# The stubs forget the class of formset that was asked for.
RuleForms = cast(
    type[Rules],
    formset_factory(RuleForm, formset=Rules, extra=1, max_num=200, validate_max=True, absolute_max=220),
)


def initial_rules(mapping: Mapping) -> list[dict[str, str]]:
    """Return what the rules begin with."""
    return [{"value": rule.value, "group": rule.group, "role": rule.role} for rule in mapping.rules]
