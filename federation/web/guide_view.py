"""A guide with our values filled in, as its page shows it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.connections.service_provider import ServiceProvider
from federation.guides import Copy, Guide, GuideProtocol, OurValue, Paste, Step, Target, TheirValue

_TARGETS: Mapping[Target, Promise] = {
    Target.EMAIL: _("E-mail address"),
    Target.NAME: _("Full name"),
    Target.GIVEN_NAME: _("First name"),
    Target.FAMILY_NAME: _("Last name"),
    Target.GROUPS: _("Groups"),
}
_THEIRS: Mapping[TheirValue, Promise] = {
    TheirValue.METADATA_URL: _("The metadata URL, to paste"),
    TheirValue.METADATA_FILE: _("The metadata file, to upload"),
    TheirValue.ENTITY_ID: _("The entity ID"),
    TheirValue.SSO_URL: _("The sign-in address"),
    TheirValue.CERTIFICATE: _("The signing certificate"),
    TheirValue.ISSUER: _("The issuer"),
    TheirValue.CLIENT_ID: _("The client ID"),
    TheirValue.CLIENT_SECRET: _("The client secret"),
    TheirValue.TEAM_ID: _("The team ID"),
    TheirValue.KEY_ID: _("The key ID"),
    TheirValue.PRIVATE_KEY: _("The private key"),
}


@dataclass(frozen=True)
class Download:
    """A file of ours."""

    label: Promise | str
    url: str


@dataclass(frozen=True)
class OurSide:
    """Our values for one connection.

    Args:
        provider: the user pool, as the identity provider sees it.
        metadata_url: where the identity provider can fetch our metadata.
        metadata_file_url: where the administrator can download it.
        sign_in_url: the tenant's sign-in page.
        certificates: what can be downloaded of Cognito's certificates, by the guides' words for them.
    """

    provider: ServiceProvider
    metadata_url: str
    metadata_file_url: str
    sign_in_url: str
    certificates: Mapping[OurValue, tuple[Download, ...]] = field(default_factory=dict)

    def value(self, name: OurValue) -> str:
        """Return a value; empty while it is not known."""
        known = self.provider.ready
        return {
            OurValue.ACS_URL: self.provider.acs_url,
            OurValue.ENTITY_ID: self.provider.entity_id,
            OurValue.REDIRECT_URI: self.provider.redirect_uri,
            OurValue.LOGOUT_URL: self.provider.logout_url,
            OurValue.SP_METADATA_URL: self.metadata_url if known else "",
            OurValue.SIGN_IN_URL: self.sign_in_url,
        }.get(name, "")

    def downloads(self, name: OurValue) -> tuple[Download, ...]:
        """Return a value that is a file, in the forms in which it can be had; empty while it is not known."""
        if name is OurValue.SP_METADATA_FILE and self.provider.ready:
            return (Download(_("Download our metadata"), self.metadata_file_url),)
        return self.certificates.get(name, ())


@dataclass(frozen=True)
class CopyView:
    """A value of ours for a field of theirs."""

    field: str
    value: str
    note: str
    is_long: bool
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class PasteView:
    """A field of theirs whose value we ask for in the next step."""

    field: str
    label: Promise
    note: str


@dataclass(frozen=True)
class StepView:
    """One step of a guide; the attributes are shown beside the one that has `attributes`."""

    title: str
    text: str
    place: tuple[str, ...]
    copy: tuple[CopyView, ...]
    paste: tuple[PasteView, ...]
    attributes: bool


@dataclass(frozen=True)
class AttributeView:
    """An attribute that has to be sent."""

    claim: str
    source: str
    label: Promise
    required: bool


@dataclass(frozen=True)
class OurRow:
    """One of our values with its name."""

    label: Promise
    value: str


def guide_steps(guide: Guide, ours: OurSide) -> list[StepView]:
    """Return the steps of a guide with our values in them."""
    return [_step(step, ours) for step in guide.steps]


def switch_hints(guide: Guide | None, ours: OurSide) -> dict[str, StepView]:
    """Return what is to be done at the identity provider, by the switch that it is for."""
    return {hint.switch.value: _step(hint.step, ours) for hint in guide.switches} if guide else {}


def attributes_of(guide: Guide) -> list[AttributeView]:
    """Return what the identity provider is to send about a person."""
    return [AttributeView(hint.claim, hint.source, _TARGETS[hint.target], hint.required) for hint in guide.attributes]


def our_rows(guide: Guide, ours: OurSide) -> list[OurRow]:
    """Return our values in one list, for whoever finds other fields than the guide says."""
    provider = ours.provider
    if guide.protocol is not GuideProtocol.SAML:
        return [OurRow(_("Redirect URI (callback URL)"), provider.redirect_uri)]
    return [
        OurRow(_("ACS URL (reply URL)"), provider.acs_url),
        OurRow(_("Entity ID (audience)"), provider.entity_id),
        OurRow(_("Our metadata, by address"), ours.metadata_url),
        OurRow(_("Sign-out address"), provider.logout_url),
    ]


def where_to_find(guide: Guide | None) -> dict[str, str]:
    """Return, for each value that we ask for, what it is called at the identity provider."""
    pastes = [paste for step in guide.steps for paste in step.paste] if guide else []
    return {paste.value.value: paste.field for paste in reversed(pastes)}


def _step(step: Step, ours: OurSide) -> StepView:
    return StepView(
        title=step.title,
        text=step.text,
        place=step.place,
        copy=tuple(_copy(item, ours) for item in step.copy),
        paste=tuple(_paste(item) for item in step.paste),
        attributes=step.attributes,
    )


def _copy(item: Copy, ours: OurSide) -> CopyView:
    return CopyView(
        field=item.field,
        value=item.text or ours.value(item.value),
        note=item.note,
        is_long="\n" in item.text,
        downloads=ours.downloads(item.value),
    )


def _paste(item: Paste) -> PasteView:
    return PasteView(item.field, _THEIRS[item.value], item.note)
