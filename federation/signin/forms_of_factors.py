"""The forms of second factors beside the authenticator app, and the box by which a browser is remembered."""

import re
from collections.abc import Collection
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from federation.signin.forms import choice_field
from tenants.factors import SecondFactor

F = TypeVar("F", bound=forms.Form)
# The box's name; whoever ticks it is spared the second factor here for a while.
REMEMBER = "remember"
# E.164 (ITU-T): a plus sign, no leading zero, at most 15 digits. Amazon SNS takes no other form.
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What people write between the digits of a number.
_BETWEEN = re.compile(r"[\s()./-]")
# Cognito's codes are digits of a length that is nowhere documented: 6 or 8.
_CODE = re.compile(r"[0-9]{4,10}")
_HINTS = {
    SecondFactor.TOTP: _("A code from an app on your phone. It works without mail or a network."),
    SecondFactor.EMAIL: _("A code that is mailed to you."),
    SecondFactor.SMS: _("A code that is sent to your phone."),
    SecondFactor.KEY: _(
        "A small device that you touch, or the fingerprint, face or PIN of your phone or computer. "
        "It needs a browser with JavaScript."
    ),
}


class SentCodeForm(forms.Form):
    """A code that came by mail or as a text message."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Accept spaces between the digits."""
        code = str(self.cleaned_data["code"]).replace(" ", "")
        if not _CODE.fullmatch(code):
            raise ValidationError(_("Enter the digits of the newest message."))
        return code


class FactorForm(forms.Form):
    """One second factor of several."""

    factor = forms.ChoiceField(label=_("Second factor"), widget=forms.RadioSelect(attrs={"class": "cards"}))

    def __init__(self, *args: Any, choices: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [SecondFactor(name) for name in choices]
        field = choice_field(self, "factor")
        field.choices = [(factor.value, f"{factor.label}\n{_HINTS[factor]}") for factor in offered]
        field.initial = next((factor.value for factor in offered), None)


class NumberForm(forms.Form):
    """A telephone number."""

    number = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        help_text=_("With the country code, such as +44 7700 900123."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "autofocus": True}),
    )

    def clean_number(self) -> str:
        """Accept what people write between digits, and 00 for the plus sign."""
        number = _BETWEEN.sub("", str(self.cleaned_data["number"]))
        number = f"+{number[2:]}" if number.startswith("00") else number
        if not _NUMBER.fullmatch(number):
            raise ValidationError(_("Enter the number with its country code, such as +44 7700 900123."))
        return number


def _remember_label(days: int) -> str:
    text = ngettext(
        "Do not ask again in this browser for %(days)d day",
        "Do not ask again in this browser for %(days)d days",
        days,
    )
    return text % {"days": days}


def offering_to_remember(form: F, days: int) -> F:
    """Return a second factor's form with the box; without it where no browser is remembered.

    Args:
        form: that asks for the factor.
        days: for how many a browser is remembered; 0 for none.
    """
    if days:
        hint = _("Only in a browser that nobody else uses.")
        form.fields[REMEMBER] = forms.BooleanField(label=_remember_label(days), help_text=hint, required=False)
    return form
