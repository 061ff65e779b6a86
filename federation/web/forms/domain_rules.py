"""Forms about where the addresses of a domain lead."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.domains.names import LONGEST
from federation.domains.routing import ANY, Destination, Rule, Scope
from federation.models import Connection, EmailDomain
from federation.services.domain_rules import MOST_ADDRESSES, WantedRule
from tenants.counting import in_digits

_PLAIN = {"class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
_ANSWERS = {
    Destination.CONNECTIONS: gettext_lazy("Chosen connections\nOne: people go on to it at once. Several: they choose."),
    Destination.EVERY: gettext_lazy("Every active connection\nAlso those that you add later. Of several they choose."),
    Destination.PASSWORD: gettext_lazy("The password\nBeside it are buttons for all connections that are active."),
}
_WITHOUT_PASSWORDS = gettext_lazy("A code or a passkey\nBeside them are buttons for all connections that are active.")


class RuleForm(forms.Form):
    """What a rule says. It has the fields of its scope alone."""

    def __init__(
        self, *args: Any, scope: Scope, claim: EmailDomain, connections: Sequence[Connection], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        if scope == Scope.ADDRESSES:
            self.fields["addresses"] = _addresses_field(claim)
        elif scope == Scope.SUBDOMAIN:
            self.fields["subdomain"] = _subdomain_field(claim)
        self.fields["destination"] = forms.ChoiceField(
            label=_("They sign in with"),
            choices=_answers(claim, choose=bool(connections)),
            widget=forms.RadioSelect(attrs={"class": "cards"}),
        )
        if connections:
            self.fields["connections"] = forms.TypedMultipleChoiceField(
                label=_("Which connections"),
                help_text=_("For “Chosen connections” alone."),
                required=False,
                coerce=uuid.UUID,
                choices=[(str(each.pk), _label(each)) for each in connections],
                widget=forms.CheckboxSelectMultiple,
            )

    @staticmethod
    def initial_of(rule: Rule, claim: EmailDomain) -> dict[str, object]:
        """Return what the form begins with."""
        return {
            "addresses": "\n".join(sorted(rule.addresses)),
            "subdomain": ANY if rule.subdomain == claim.name else rule.subdomain,
            "destination": rule.destination,
            "connections": [str(each) for each in rule.connections],
        }

    def wanted(self) -> WantedRule:
        """Return what a valid form says."""
        said = self.cleaned_data
        return WantedRule(
            scope=self.scope,
            destination=said["destination"],
            connections=tuple(said.get("connections", ())),
            addresses=(said.get("addresses", ""),),
            subdomain=said.get("subdomain", ""),
        )


def _answers(claim: EmailDomain, *, choose: bool) -> list[tuple[str, Promise]]:
    answers = {**_ANSWERS}
    if not claim.tenant.policy.password_allowed:
        answers[Destination.PASSWORD] = _WITHOUT_PASSWORDS
    return [(said, text) for said, text in answers.items() if choose or said != Destination.CONNECTIONS]


def _addresses_field(claim: EmailDomain) -> forms.CharField:
    text = _("One per line, of %(domain)s or a sub-domain of it. The rules of a domain can list %(most)s.")
    return forms.CharField(
        label=_("Addresses"),
        help_text=text % {"domain": claim.name, "most": in_digits(MOST_ADDRESSES)},
        widget=forms.Textarea(attrs={"rows": 6, **_PLAIN}),
    )


def _subdomain_field(claim: EmailDomain) -> forms.CharField:
    text = _("Such as emea.%(domain)s, which stands for what is below it too; * for every sub-domain.")
    return forms.CharField(
        label=_("Sub-domain"),
        help_text=text % {"domain": claim.name},
        max_length=LONGEST + 1,
        widget=forms.TextInput(attrs=_PLAIN),
    )


def _label(connection: Connection) -> str:
    if connection.is_active:
        return connection.name
    status = connection.get_status_display()
    return _("%(name)s\n%(status)s: left out until it is active") % {"name": connection.name, "status": status}
