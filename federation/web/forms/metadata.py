"""Forms that take a SAML identity provider's metadata, one for each way of giving it."""

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.connections.settings import SamlSettings
from federation.metadata import Choice
from federation.metadata.source import MOST_BYTES
from federation.services.connection_values import GivenMetadata

_LONGEST_URL = 2048
_MONO = {"class": "mono", "spellcheck": "false", "autocapitalize": "off"}
_PEM = re.compile(r"-----BEGIN [^-]+-----.*?-----END [^-]+-----", re.DOTALL)
# Beyond it a document is not sent back and forth while one of its entities is chosen.
_KEPT = 1_000_000
# So many are offered as cards; more as a list.
_FEW = 8


class MetadataForm(forms.Form):
    """What all ways have in common: which identity provider is meant, where several are listed."""

    by = ""
    # The field that a refusal is about.
    about = ""

    entity_id = forms.CharField(
        label=_("Its entity ID"),
        required=False,
        max_length=1024,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("Where the metadata is of a whole federation, say which identity provider is yours."),
    )

    def given(self) -> GivenMetadata:
        """Return what a valid form gives. Each way adds what is given by it."""
        return GivenMetadata(source=self.by, entity_id=self.cleaned_data["entity_id"])

    def offer(self, choice: Choice) -> "MetadataForm":
        """Return a form with the same document that asks which of its identity providers is meant."""
        again = type(self)(initial={name: value for name, value in self.cleaned_data.items() if name != "entity_id"})
        options = [(each.entity_id, _label(each.display_name, each.entity_id)) for each in choice.entities]
        few = len(options) <= _FEW
        again.fields["entity_id"] = forms.ChoiceField(
            label=_("Which one is yours?"),
            choices=options if few else [("", ""), *((key, label.replace("\n", ", ")) for key, label in options)],
            widget=forms.RadioSelect(attrs={"class": "cards"}) if few else forms.Select,
            help_text=_("The metadata lists %(count)d identity providers.") % {"count": choice.total},
        )
        again.order_fields(["entity_id"])
        return again


class UrlForm(MetadataForm):
    """The address of the metadata."""

    by = about = "url"
    field_order = ("url", "entity_id")

    url = forms.CharField(
        label=_("Metadata URL"),
        max_length=_LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "class": "mono"}),
        help_text=_("We fetch it now, and Cognito gets what we read: nothing changes until you save it here again."),
    )

    def given(self) -> GivenMetadata:
        """See `MetadataForm`."""
        return replace(super().given(), url=self.cleaned_data["url"])


class FileForm(MetadataForm):
    """The metadata as a file."""

    by, about = "file", "document"
    field_order = ("document", "entity_id")

    document = forms.FileField(
        label=_("Metadata file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml,application/samlmetadata+xml"}),
        help_text=_("The XML file that you downloaded from the identity provider."),
    )
    kept = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the file, or take what was sent back while one of its entities is chosen."""
        upload = self.cleaned_data.get("document")
        kept: str = self.cleaned_data.get("kept", "")
        if upload is None and not kept:
            self.add_error("document", _("Choose a file."))
        # One byte more than is read, so that what is too large is told from what just fits.
        self.cleaned_data["data"] = upload.read(MOST_BYTES + 1) if upload is not None else kept.encode()
        return self.cleaned_data

    def given(self) -> GivenMetadata:
        """See `MetadataForm`."""
        return replace(super().given(), data=self.cleaned_data["data"])

    def offer(self, choice: Choice) -> MetadataForm:
        """See `MetadataForm`. A browser does not send a file twice, so that it comes back as text."""
        data: bytes = self.cleaned_data["data"]
        if len(data) > _KEPT:
            message = _("It lists %(count)d identity providers. Say which one is yours, and choose the file again.")
            self.add_error("entity_id", message % {"count": choice.total})
            return self
        again = super().offer(choice)
        again.initial["kept"] = data.decode("utf-8", errors="replace")
        del again.fields["document"]
        return again


class PasteForm(MetadataForm):
    """The metadata as text."""

    by = about = "paste"
    field_order = ("paste", "entity_id")

    paste = forms.CharField(
        label=_("Metadata XML"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, **_MONO}),
        help_text=_("All of it, from “<EntityDescriptor” or “<?xml” to the end."),
    )

    def given(self) -> GivenMetadata:
        """See `MetadataForm`."""
        text: str = self.cleaned_data["paste"]
        return replace(super().given(), data=text.encode())


class FieldsForm(MetadataForm):
    """The parts of the metadata that are needed, for an identity provider that shows them one by one."""

    by, about = "fields", "certificates"
    field_order = ("entity_id", "sso_url", "certificates", "slo_url")

    entity_id = forms.CharField(
        label=_("Entity ID"),
        max_length=1024,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("Often called “Issuer” or “Identifier”. Copy it letter by letter."),
    )
    sso_url = forms.CharField(
        label=_("Sign-in address"),
        max_length=_LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "class": "mono"}),
        help_text=_("Often called “SSO URL” or “Login URL”, for the binding HTTP-Redirect."),
    )
    certificates = forms.CharField(
        label=_("Signing certificate"),
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "-----BEGIN CERTIFICATE-----", **_MONO}),
        help_text=_("As PEM. Several, one after the other, while it is being renewed."),
    )
    slo_url = forms.CharField(
        label=_("Sign-out address"),
        required=False,
        max_length=_LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "class": "mono"}),
    )

    def given(self) -> GivenMetadata:
        """See `MetadataForm`."""
        text: str = self.cleaned_data["certificates"]
        return replace(
            super().given(),
            sso_url=self.cleaned_data["sso_url"],
            slo_url=self.cleaned_data["slo_url"],
            certificates=tuple(_PEM.findall(text)) or (text,),
        )


FORMS: dict[str, type[MetadataForm]] = {form.by: form for form in (UrlForm, FileForm, PasteForm, FieldsForm)}


def initial_of(settings: SamlSettings, by: str) -> dict[str, str]:
    """Return what a form begins with where metadata was given before, in the same way."""
    if by == "url":
        return {"url": settings.metadata_url}
    if by == "fields" and settings.source == "fields":
        return {
            "entity_id": settings.entity_id,
            "sso_url": settings.sso_url,
            "slo_url": settings.slo_url,
            "certificates": "\n".join(settings.certificates),
        }
    return {}


def _label(name: str, entity_id: str) -> str:
    return f"{name}\n{entity_id}" if name else entity_id
