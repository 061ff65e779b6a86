"""The forms of the sign-in pages. Passwords are never rendered back."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.password_words import problem_with
from tenants.models import Tenant

# Cognito takes passwords of up to 256 characters; a longer text is not one.
_PASSWORD_LENGTH = 256


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a declared field whose choices are known once the form is made; a form's own fields have no types."""
    return cast("forms.ChoiceField", form.fields[name])


class SignInForm(forms.Form):
    """E-mail address and password.

    Args:
        with_password: whether a password has to be typed.
        passwords: whether one can be, at this tenant.
    """

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, with_password: bool = True, passwords: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = with_password
        if not passwords:
            del self.fields["password"]
        # Whoever is known already, or has just mistyped the password, goes on there.
        first = "password" if passwords and self["email"].value() else "email"
        self.fields[first].widget.attrs["autofocus"] = True


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    repeated = forms.CharField(
        label=_("New password again"),
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, min_length: int, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.min_length = min_length
        self.email = email
        help_text = _("At least %(count)d characters. Several words are easy to remember and hard to guess.")
        self.fields["password"].help_text = help_text % {"count": min_length}

    def clean_password(self) -> str:
        """Check what the tenant asks of a password."""
        password: str = self.cleaned_data["password"]
        if problem := problem_with(password, min_length=self.min_length, email=self.email):
            raise ValidationError(problem)
        return password

    def clean(self) -> dict[str, Any]:
        """Check that both are the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and "repeated" in cleaned and cleaned["password"] != cleaned["repeated"]:
            # Both have to be typed again, and the first is where one begins.
            self.add_error("password", _("The two passwords are not the same."))
        return cleaned


def password_form(tenant: Tenant, request: HttpRequest, email: str) -> forms.Form:
    """Return the form of a page that makes an account usable: with a password, or empty where none is used.

    Args:
        tenant: with its policy.
        request: whose answer it has, if it is a POST.
        email: of the account.
    """
    data = request.POST if request.method == "POST" else None
    if not tenant.policy.takes_passwords:
        return forms.Form(data)
    return NewPasswordForm(data, min_length=tenant.policy.password_min_length, email=email)


def begin_at_fault(form: forms.BaseForm) -> None:
    """Give the focus of a page to the first field that has a fault: what is told of it belongs to the field.

    A screen reader tells no text of a page that has just come but that of what has the focus (WCAG 2.2, 3.3.1).
    """
    faulty = next((field for name, field in form.fields.items() if name in form.errors), None)
    if faulty is None:
        return
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    faulty.widget.attrs["autofocus"] = True


def digits_of(text: str, count: int, fault: Promise) -> str:
    """Return a code without the spaces that people type in it.

    Raises:
        ValidationError: it has not that many digits, or something else in it.
    """
    code = text.replace(" ", "")
    if len(code) != count or not (code.isascii() and code.isdigit()):
        raise ValidationError(str(fault))
    return code


class CodeForm(forms.Form):
    """A code from an authenticator app."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Accept the spaces that some apps show, and nothing but six digits otherwise."""
        return digits_of(self.cleaned_data["code"], 6, _("Enter the six digits that the app shows."))


class AddressForm(forms.Form):
    """The e-mail address alone, which decides how the person goes on."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class MailedCodeForm(forms.Form):
    """The code that a mail brought."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Accept the space in the middle, and nothing but eight digits otherwise."""
        return digits_of(self.cleaned_data["code"], 8, _("Enter the eight digits of the mail."))


class EmailForm(forms.Form):
    """An e-mail address, to be mailed the code that shows one's organisations."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
