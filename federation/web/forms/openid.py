"""Forms for the values of OpenID and social providers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.connections.settings import OidcSettings, SocialSettings
from federation.models import ConnectionKind
from federation.services.connection_values import GivenOpenId

_MONO = {"class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
# The browser is told not to put a password of the person's own there.
_SECRET = {"autocomplete": "new-password", "class": "mono"}
# What each social provider is asked for, in its own way of writing (Developer Guide, "Using social identity providers
# with a user pool").
_SCOPES = {
    ConnectionKind.GOOGLE: "openid email profile",
    ConnectionKind.FACEBOOK: "public_profile,email",
    ConnectionKind.AMAZON: "profile",
    ConnectionKind.APPLE: "email name",
}


class _SecretForm(forms.Form):
    """A form with a secret that is written and never shown."""

    def __init__(self, *args: Any, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_secret:
            self.keep_secret()

    def keep_secret(self) -> None:
        """Have the stored secret kept where none is entered."""
        field = self.fields[self.secret_field]
        field.required = False
        field.help_text = _("One is stored and not shown. Leave it empty to keep it.")

    @property
    def secret_field(self) -> str:
        """The name of the field with the secret."""
        return next(name for name in ("private_key", "client_secret") if name in self.fields)

    @property
    def secret(self) -> str | None:
        """The secret that was entered; None where none was."""
        return self.cleaned_data[self.secret_field] or None


class OpenIdForm(_SecretForm):
    """Issuer, client id and secret."""

    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=512,
        widget=forms.URLInput(attrs={"placeholder": "https://", "class": "mono"}),
        help_text=_(
            "Its address, to which we add “/.well-known/openid-configuration” to find the others. If it changes, the "
            "client secret must be entered again."
        ),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=255, widget=forms.TextInput(attrs=_MONO))
    client_secret = forms.CharField(
        label=_("Client secret"), max_length=4096, widget=forms.PasswordInput(attrs=_SECRET)
    )
    scopes = forms.CharField(
        label=_("Scopes"),
        max_length=255,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("What is asked for about a person, separated by spaces; “openid” has to be among them."),
    )
    attributes_request_method = forms.ChoiceField(
        label=_("How its userinfo endpoint is asked"), choices=[("GET", "GET"), ("POST", "POST")]
    )

    @classmethod
    def initial_of(cls, settings: OidcSettings) -> dict[str, str]:
        """Return what the form begins with."""
        names = ("issuer", "client_id", "scopes", "attributes_request_method")
        return {name: getattr(settings, name) for name in names}

    def given(self) -> GivenOpenId:
        """Return what a valid form gives."""
        names = ("issuer", "client_id", "scopes", "attributes_request_method")
        return GivenOpenId(**{name: self.cleaned_data[name] for name in names}, secret=self.secret)

    def clean_scopes(self) -> str:
        """Have `openid` asked for: without it there is no ID token (OpenID Connect Core, section 3.1.2.1)."""
        scopes: str = self.cleaned_data["scopes"]
        if "openid" not in scopes.split():
            raise forms.ValidationError(_("“openid” has to be among the scopes."))
        return scopes


class SocialForm(_SecretForm):
    """What a social provider knows its application by; Apple has a key in the place of a secret."""

    client_id = forms.CharField(label=_("Client ID"), max_length=255, widget=forms.TextInput(attrs=_MONO))
    client_secret = forms.CharField(
        label=_("Client secret"), max_length=4096, widget=forms.PasswordInput(attrs=_SECRET)
    )
    scopes = forms.CharField(
        label=_("Scopes"), max_length=255, widget=forms.TextInput(attrs=_MONO), help_text=_("What is asked for.")
    )
    api_version = forms.CharField(
        label=_("Version of the Graph API"), required=False, max_length=16, widget=forms.TextInput(attrs=_MONO)
    )
    team_id = forms.CharField(label=_("Team ID"), max_length=32, widget=forms.TextInput(attrs=_MONO))
    key_id = forms.CharField(label=_("Key ID"), max_length=32, widget=forms.TextInput(attrs=_MONO))
    private_key = forms.CharField(
        label=_("Private key"),
        widget=forms.Textarea(attrs={"rows": 6, **_MONO}),
        help_text=_("The content of the .p8 file that Apple let you download once."),
    )

    def __init__(self, *args: Any, kind: str, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, has_secret=False, **kwargs)
        apples = ("team_id", "key_id", "private_key")
        unused = ["client_secret"] if kind == ConnectionKind.APPLE else [*apples]
        if kind != ConnectionKind.FACEBOOK:
            unused.append("api_version")
        for name in unused:
            del self.fields[name]
        if kind == ConnectionKind.APPLE:
            self.fields["client_id"].label = _("Services ID")
        if has_secret:
            self.keep_secret()

    @classmethod
    def initial_of(cls, settings: SocialSettings, kind: str) -> dict[str, str]:
        """Return what the form begins with."""
        return {**settings.to_json(), "scopes": settings.scopes or _SCOPES[ConnectionKind(kind)]}

    def settings(self) -> SocialSettings:
        """Return what a valid form gives, without the secret."""
        names = ("client_id", "scopes", "api_version", "team_id", "key_id")
        return SocialSettings(**{name: str(self.cleaned_data.get(name, "")).strip() for name in names})
