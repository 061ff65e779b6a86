"""What a guide is made of. A guide leads one IdP's administrator through the setting up of single sign-on.

Fields called ``text``, ``note``, ``needs``, ``symptom`` and ``remedy`` may hold the marks of
``federation.guides.marks``; all others are plain text.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GuideProtocol(StrEnum):
    """The protocol that a guide sets up; ``SOCIAL`` is one of the four providers that Cognito knows by name."""

    SAML = "saml"
    OIDC = "oidc"
    SOCIAL = "social"


class OurValue(StrEnum):
    """What the administrator copies from us into the IdP. ``TEXT`` is a fixed text that the guide itself holds."""

    ACS_URL = "acs_url"
    ENTITY_ID = "entity_id"
    REDIRECT_URI = "redirect_uri"
    SP_METADATA_URL = "sp_metadata_url"
    SP_METADATA_FILE = "sp_metadata_file"
    SIGN_IN_URL = "sign_in_url"
    LOGOUT_URL = "logout_url"
    SIGNING_CERTIFICATE = "signing_certificate"
    ENCRYPTION_CERTIFICATE = "encryption_certificate"
    TEXT = "text"


class TheirValue(StrEnum):
    """What the IdP shows and the administrator pastes at our side."""

    METADATA_URL = "metadata_url"
    METADATA_FILE = "metadata_file"
    ENTITY_ID = "entity_id"
    SSO_URL = "sso_url"
    CERTIFICATE = "certificate"
    ISSUER = "issuer"
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"  # noqa: S105  # The name of a value.
    TEAM_ID = "team_id"
    KEY_ID = "key_id"
    PRIVATE_KEY = "private_key"


class MetadataBy(StrEnum):
    """How an IdP gives its SAML metadata away."""

    URL = "url"
    FILE = "file"
    FIELDS = "fields"


class Target(StrEnum):
    """What an attribute or a claim fills at our side."""

    EMAIL = "email"
    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    GROUPS = "groups"


class GroupValues(StrEnum):
    """Whether the IdP names groups by their names or by its own identifiers."""

    NAMES = "names"
    IDS = "ids"


@dataclass(frozen=True)
class Copy:
    """A value that goes into the IdP's ``field``; ``text`` is that value where it is ``OurValue.TEXT``, else empty."""

    value: OurValue
    field: str
    note: str = ""
    text: str = ""


@dataclass(frozen=True)
class Paste:
    """A value that the IdP shows in its ``field``."""

    value: TheirValue
    field: str
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One thing to do at the IdP. ``place`` is the IdP's own menu, in the order of clicking; empty where it goes on.

    The guide's attributes belong beside the step that has ``attributes``.
    """

    title: str
    text: str
    place: tuple[str, ...] = ()
    copy: tuple[Copy, ...] = ()
    paste: tuple[Paste, ...] = ()
    attributes: bool = False


class Switch(StrEnum):
    """What can be switched on besides (`federation.connections.settings.SamlSettings`), or made at the IdP."""

    SIGN_REQUESTS = "sign_requests"
    ENCRYPT_ASSERTIONS = "encrypt_assertions"
    SIGN_OUT_THERE = "sign_out_there"
    BOOKMARK = "bookmark"


@dataclass(frozen=True)
class SwitchHint:
    """What to do at the IdP for one of the switches: a step that has no title and asks for nothing."""

    switch: Switch
    step: Step


@dataclass(frozen=True)
class AttributeHint:
    """The attribute or claim that carries ``target``, and what to choose at the IdP (``source``) to have it sent."""

    target: Target
    claim: str
    source: str
    required: bool


@dataclass(frozen=True)
class GroupsHint:
    """How the IdP is made to send groups, and as what."""

    claim: str
    values: GroupValues
    text: str


@dataclass(frozen=True)
class NameIdHint:
    """Which NameID format to choose, and from what, so that it never changes for a person."""

    format: str
    text: str


@dataclass(frozen=True)
class Mistake:
    """What goes wrong often. ``matches`` are texts that an answer of the IdP or of Cognito holds then."""

    title: str
    symptom: str
    remedy: str
    matches: tuple[str, ...] = ()

    def explains(self, message: str) -> bool:
        """Whether an error text is of this mistake; the case of letters does not count."""
        folded = message.casefold()
        return any(match.casefold() in folded for match in self.matches)


@dataclass(frozen=True)
class Guide:
    """The guide of one IdP and protocol.

    ``slug`` is stored with each connection, so a guide is never renamed or removed. ``word`` ends the name of the
    identity provider in Cognito; of a social guide it is the kind of the connection. ``checked`` is the day on which
    the facts were compared with ``sources``.
    """

    slug: str
    name: str
    variant: str
    protocol: GuideProtocol
    word: str
    order: int
    sources: tuple[str, ...]
    checked: date
    needs: str
    metadata_by: tuple[MetadataBy, ...]
    steps: tuple[Step, ...]
    attributes: tuple[AttributeHint, ...]
    groups: GroupsHint | None
    name_id: NameIdHint | None
    mistakes: tuple[Mistake, ...]
    test: str
    switches: tuple[SwitchHint, ...]

    def copied(self) -> frozenset[OurValue]:
        """Every value of ours that some step copies."""
        return frozenset(copy.value for step in self.steps for copy in step.copy)

    def pasted(self) -> frozenset[TheirValue]:
        """Every value of the IdP's that some step asks for."""
        return frozenset(paste.value for step in self.steps for paste in step.paste)

    def explanations(self, message: str) -> tuple[Mistake, ...]:
        """The mistakes that an error text points to, in the guide's order."""
        return tuple(mistake for mistake in self.mistakes if mistake.explains(message))
