"""Check boxes of which some cannot be chosen, with the reason beside each."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.factor_rules import in_order
from tenants.factors import SecondFactor
from tenants.first_factors import Place
from tenants.policy_matrix import Verdict, second_factors


class Obstructed(forms.CheckboxSelectMultiple):
    """Cards with check boxes.

    Args:
        fixed: values that cannot be changed, and are on or off as they are.
    """

    def __init__(self, fixed: frozenset[str]) -> None:
        super().__init__(attrs={"class": "cards"})
        self.fixed = fixed

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add to Django's own that what is fixed is disabled."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.fixed:
            option["attrs"]["disabled"] = True
        return option


class SecondFactorsField(forms.MultipleChoiceField):
    """The second factors that a tenant allows; what its pool does not have cannot be added.

    Args:
        place: where its users sign in.
        allowed: what it allows now.
    """

    def __init__(self, place: Place, allowed: Collection[str]) -> None:
        found = second_factors(place)
        before = set(allowed)
        # Browsers do not send what is disabled: it stays as it is.
        impossible = {factor.value for factor, cell in found if cell.verdict is Verdict.IMPOSSIBLE}
        self._kept = {SecondFactor.TOTP.value}
        fixed = self._kept | (impossible - before)
        super().__init__(
            label=_("Second factors that count"),
            help_text=_("Who has none of these sets one up. Others are not asked for, or do not count."),
            choices=[(factor.value, f"{factor.label}\n{cell.because}") for factor, cell in found],
            widget=Obstructed(frozenset(fixed)),
            required=False,
        )

    def clean(self, value: Any) -> list[str]:
        """Add what is always on."""
        return in_order({*super().clean(value), *self._kept})
