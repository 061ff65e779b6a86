"""The forms of the account page. Passwords are never rendered back."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from federation.services.own_passkeys import LONGEST_NAME, cleaned_name
from federation.signin.forms import CodeForm, NewPasswordForm, choice_field
from tenants.factors import SecondFactor


class NameForm(forms.Form):
    """The name that somebody goes by."""

    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )


class LanguageForm(forms.Form):
    """In which language the account page and mails are."""

    BROWSERS = "browser"

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = choice_field(self, "language")
        # Each by its own name, which whoever wants it can read.
        named = [(code, get_language_info(code)["name_local"]) for code, _name in settings.BRAND_LANGUAGES]
        field.choices = [(self.BROWSERS, _("The one that my browser asks for")), *named]

    def clean_language(self) -> str:
        """Return the language that was chosen; empty where it is the browser's choice."""
        chosen = str(self.cleaned_data["language"])
        return "" if chosen == self.BROWSERS else chosen


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one twice."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("present", "password", "repeated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("autofocus")


class AuthenticatorForm(CodeForm):
    """A first code, what the app is called, and the secret that the page showed.

    Cognito holds the secret too, and counts only its own.
    """

    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("So that you know it again, such as the device that it is on. You can leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
    )
    secret = forms.RegexField(regex=r"^[A-Z2-7]{16,128}$", widget=forms.HiddenInput)

    def clean_name(self) -> str:
        """Return the name as it is kept, like that of a key: what is too long is cut."""
        return cleaned_name(self.cleaned_data["name"])


class OwnAppForm(AuthenticatorForm):
    """The same for an app whose secret Lifeguard keeps: as long as `federation.totp.new_secret` makes it."""

    secret = forms.RegexField(regex=r"^[A-Z2-7]{32}$", widget=forms.HiddenInput)


class WantedEmailForm(forms.Form):
    """The e-mail address that somebody wants to have."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class PreferredFactorForm(forms.Form):
    """Which of several second factors is asked for."""

    EACH_TIME = "choose"

    factor = forms.ChoiceField(
        label=_("When you sign in"),
        help_text=_("If you choose one, the others cannot be used to sign in until you change it here."),
    )

    def __init__(self, *args: Any, choices: Collection[SecondFactor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = choice_field(self, "factor")
        each_time = (self.EACH_TIME, _("Let me choose each time"))
        field.choices = [each_time, *((factor.value, factor.label) for factor in choices)]
