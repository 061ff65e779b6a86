"""The part of the policy form that says what people see and change on their account page: one field a detail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.own_details import CHOICES, Detail, complete

_HINTS = {
    Detail.EMAIL: _("A new address is proved by a code that is mailed to it."),
    Detail.PHONE: _(
        "“See” lets nobody give up a number that they have shown to be theirs, unless you reset their MFA."
    ),
    Detail.LANGUAGE: _("Of their account page and of mails to them. Whoever chooses none gets that of their browser."),
}


def detail_fields() -> dict[str, forms.ChoiceField]:
    """Return the fields, by the names that they have in the form."""
    return {
        _name(detail): forms.ChoiceField(
            label=detail.label,
            choices=[(access.value, access.label) for access in accesses],
            help_text=_HINTS.get(detail, ""),
        )
        for detail, accesses in CHOICES.items()
    }


def initial_details(kept: Mapping[str, str]) -> dict[str, str]:
    """Return what the fields show for what a policy has."""
    return {_name(Detail(name)): access for name, access in complete(kept).items()}


def take_details(cleaned: dict[str, Any]) -> dict[str, str]:
    """Take what the fields say out of a valid form's data, and return it by detail."""
    return {detail.value: cleaned.pop(_name(detail)) for detail in CHOICES}


def _name(detail: Detail) -> str:
    return f"own_{detail.value}"
