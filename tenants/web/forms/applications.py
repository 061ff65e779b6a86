"""Forms about applications."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.client_keys import LONGEST_TEXT
from tenants.models import Application
from tenants.models.application import ACCESS_TOKEN_MINUTES, LONGEST_ACCESS_TOKEN_MINUTES
from tenants.redirect_uris import LONGEST, parse_uris
from tenants.services.applications import LONGEST_AUDIENCE, LONGEST_NAME, ApplicationSettings


class ApplicationForm(forms.Form):
    """Registers an application, or changes one."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("What users read when they sign in to it.")
    )
    is_public = forms.BooleanField(
        label=_("Public client"),
        required=False,
        help_text=_(
            "For applications that run where their users are (mobile, desktop, command line, browser) and can keep no "
            "secret. It cannot be changed later."
        ),
    )
    device_flow = forms.BooleanField(
        label=_("Device flow"),
        required=False,
        help_text=_(
            "For command lines, television sets and machines without a browser: people enter a code that the device "
            "shows in a browser elsewhere (RFC 8628)."
        ),
    )
    redirect_uris = forms.CharField(
        label=_("Redirect URIs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Where users return to after signing in; one address per line. They are compared exactly: no wildcards, no "
            "fragments, https (or http on localhost). Of a public client's address on 127.0.0.1, [::1] or localhost "
            "any port will do. Leave it empty only where the device flow is all that is used."
        ),
    )
    post_logout_redirect_uris = forms.CharField(
        label=_("Addresses after signing out"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Where users may be sent after they signed out; one address per line."),
    )
    initiate_login_uri = forms.CharField(
        label=_("Address that begins a sign-in"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text=_(
            "Where the application begins a sign-in when it is told to from outside, with “iss” and “organization” in "
            "the address (initiate_login_uri of OpenID Connect). Tiles in portals of identity providers lead there. "
            "Empty: it has none."
        ),
    )
    backchannel_logout_uri = forms.CharField(
        label=_("Address for sign-outs"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text=_(
            "Where the application's server is told that somebody was signed out, so that it ends its own session "
            "(backchannel_logout_uri of OpenID Connect). By https, without a port, and on the public internet, unless "
            "this installation allows networks of its own. Empty: it is not told."
        ),
    )
    audience = forms.CharField(
        label=_("Audience of access tokens"),
        required=False,
        max_length=LONGEST_AUDIENCE,
        help_text=_(
            "What the application's own API expects in “aud”, such as https://api.example.com. Empty: an identifier is "
            "made for it."
        ),
    )
    access_token_minutes = forms.IntegerField(
        label=_("Access tokens live for (minutes)"),
        initial=ACCESS_TOKEN_MINUTES,
        min_value=1,
        max_value=LONGEST_ACCESS_TOKEN_MINUTES,
        help_text=_(
            "Until then an API that verifies tokens by itself takes them, also of somebody who was disabled or signed "
            "out. 1 to 60; shorter means more refreshes. A change counts from the next token."
        ),
    )
    require_nonce = forms.BooleanField(
        label=_("Require a nonce"),
        required=False,
        initial=True,
        help_text=_(
            "It ties an ID token to the sign-in that asked for it. Switch it off only for a client that cannot send "
            "one."
        ),
    )

    public_keys = forms.CharField(
        label=_("Public keys"),
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_(
            "A JSON Web Key Set (JWKS). With one, the application proves who it is by what it signs (private_key_jwt), "
            "and its client secrets are not taken any more. Two keys at once let it change them."
        ),
    )

    def __init__(self, *args: Any, registered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_public"].disabled = registered

    @classmethod
    def initial_of(cls, application: Application) -> dict[str, object]:
        """Return what the form shows for an application."""
        return {
            "is_public": application.is_public,
            "device_flow": application.device_flow,
            "name": application.name,
            "redirect_uris": "\n".join(application.redirect_uris),
            "post_logout_redirect_uris": "\n".join(application.post_logout_redirect_uris),
            "initiate_login_uri": application.initiate_login_uri,
            "backchannel_logout_uri": application.backchannel_logout_uri,
            "audience": application.audience,
            "access_token_minutes": application.access_token_minutes,
            "require_nonce": application.require_nonce,
            "public_keys": json.dumps({"keys": application.public_keys}, indent=2) if application.public_keys else "",
        }

    def forget_keys(self) -> None:
        """Do not show again what was given as keys."""
        self.data = {name: self.data[name] for name in self.data} | {"public_keys": ""}

    def settings(self) -> ApplicationSettings:
        """Return what was asked for; the form must be valid."""
        data = self.cleaned_data
        return ApplicationSettings(
            name=data["name"],
            redirect_uris=parse_uris(data["redirect_uris"]),
            post_logout_redirect_uris=parse_uris(data["post_logout_redirect_uris"]),
            initiate_login_uri=data["initiate_login_uri"],
            backchannel_logout_uri=data["backchannel_logout_uri"],
            audience=data["audience"],
            access_token_minutes=data["access_token_minutes"],
            require_nonce=data["require_nonce"],
            public_keys=data["public_keys"],
            is_public=data["is_public"],
            device_flow=data["device_flow"],
        )
