"""The forms of a tenant's pages: they name the fields; what is right is decided by the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import UserStatus
from identity.selectors import AuditFilter, UserFilter
from identity.selectors.users import CREATED_THERE, MISSING_THERE, NO_ROLE
from tenants.actor import ActorKind
from tenants.audit_actions import ACTION_LABELS
from tenants.permissions import TenantRole

_NO_ROLE_CHOICE = (NO_ROLE, _("No role\nUses applications only; cannot open this dashboard."))
_ROLE_CHOICES = [
    _NO_ROLE_CHOICE,
    (TenantRole.AUDITOR, _("Auditor\nSees everything here, changes nothing.")),
    (TenantRole.ADMIN, _("Admin\nManages users, brand and sign-in policy.")),
    (TenantRole.OWNER, _("Owner\nCan do everything, and gives roles to others.")),
]
_ACTOR_CHOICES = [
    ("", _("Anybody")),
    (ActorKind.MEMBER, _("Your own people")),
    (ActorKind.OPERATOR, _("The operator's staff")),
    (ActorKind.SYSTEM, _("The system")),
]


class RoleField(forms.ChoiceField):
    """A choice of role; "no role" is one of the choices, and comes out as the empty text that stands for it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Role in this dashboard"),
            choices=_ROLE_CHOICES,
            initial=NO_ROLE,
            widget=forms.RadioSelect(attrs={"class": "cards"}),
        )

    def clean(self, value: str) -> str:
        """Return a `TenantRole`, or nothing."""
        role: str = super().clean(value)
        return "" if role == NO_ROLE else role


class UserFilterForm(forms.Form):
    """Search and filters of the list of users."""

    q = forms.CharField(
        label=_("Search users"),
        required=False,
        max_length=254,
        widget=forms.SearchInput(attrs={"placeholder": _("Name or e-mail")}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any status")), *(c for c in UserStatus.choices if c[0] != UserStatus.DELETING)],
    )
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("Any role")), *TenantRole.choices, (NO_ROLE, _("Without a role"))],
    )
    mfa = forms.ChoiceField(
        label=_("Second factor"),
        required=False,
        choices=[("", _("Any second factor")), ("on", _("With one")), ("off", _("Without one"))],
    )
    cognito = forms.ChoiceField(
        label=_("In Cognito"),
        required=False,
        choices=[
            ("", _("Any state in Cognito")),
            (MISSING_THERE, _("Missing in Cognito")),
            (CREATED_THERE, _("Created in Cognito")),
        ],
    )

    def wanted(self) -> UserFilter:
        """Return the filter; a value that is none of the choices does not narrow the list."""
        self.is_valid()
        return UserFilter(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class AuditFilterForm(forms.Form):
    """Search and filters of the audit log."""

    q = forms.CharField(
        label=_("Search the audit log"),
        required=False,
        max_length=254,
        widget=forms.SearchInput(attrs={"placeholder": _("Who, or what")}),
    )
    action = forms.ChoiceField(
        label=_("Action"),
        required=False,
        choices=[("", _("Any action")), *((action.value, words) for action, words in ACTION_LABELS.items())],
    )
    actor_kind = forms.ChoiceField(label=_("Who"), required=False, choices=_ACTOR_CHOICES)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def wanted(self) -> AuditFilter:
        """Return the filter; a value that is no choice or date does not narrow the list."""
        self.is_valid()
        texts = {name: self.cleaned_data.get(name, "") for name in ("q", "action", "actor_kind")}
        return AuditFilter(**texts, since=self.cleaned_data.get("since"), until=self.cleaned_data.get("until"))


class InviteForm(forms.Form):
    """One person to invite."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "name@example.com"}),
    )
    name = forms.CharField(label=_("Name"), max_length=100, required=False, widget=forms.TextInput)
    role = RoleField()

    def __init__(self, *args: object, may_grant: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own parameters, passed through
        if not may_grant:
            # Who may not give roles away is not shown a choice that would be refused.
            del self.fields["role"]


class InviteManyForm(forms.Form):
    """Several people to invite, a line each."""

    people = forms.CharField(
        label=_("People"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "ada@example.com, Ada Lovelace\nalan@example.com"}),
        help_text=_("One person a line: the e-mail address, then a comma and the name if you like. At most 100 lines."),
    )


class RoleForm(forms.Form):
    """Another role for a user."""

    role = RoleField()
