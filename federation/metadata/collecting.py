"""Taking from one EntityDescriptor what Cognito needs, as its elements pass by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from federation.metadata import names

# Cognito takes certificates of 4,096 characters at most; one that is somewhat longer is still told apart from damage.
_LONGEST_TEXT = 20 * 1024
_LONGEST_NAME = 200


@dataclass
class RawKey:
    """A KeyDescriptor: what it is for, and the texts of its certificates."""

    use: str
    certificates: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RawService:
    """An address of the identity provider, as it stands there."""

    binding: str
    location: str


@dataclass
class RawRole:
    """An IDPSSODescriptor."""

    protocols: str
    wants_signed_requests: bool
    valid_until: str
    keys: list[RawKey] = field(default_factory=list)
    sso: list[RawService] = field(default_factory=list)
    slo: list[RawService] = field(default_factory=list)
    name_id_formats: list[str] = field(default_factory=list)


@dataclass
class RawEntity:
    """An EntityDescriptor.

    Args:
        entity_id: its entity ID, as it stands there.
        limits: each `validUntil` that holds for it.
        stray: an identity provider's role in a namespace that is not SAML 2.0's: its name and namespace.
    """

    entity_id: str
    limits: tuple[str, ...]
    is_service_provider: bool = False
    roles: list[RawRole] = field(default_factory=list)
    stray: tuple[str, str] | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def display_name(self) -> str:
        """What it calls itself: for people rather than its organisation's name, in English rather than another."""
        for kind in (names.UI_NAME, names.ORGANIZATION_NAME):
            for language in ("en", ""):
                if found := self.names.get(f"{kind} {language}"):
                    return found
        return ""


_UI_NAME_PATH = (names.IDP, names.EXTENSIONS, names.UI_INFO, names.UI_NAME)
_ORGANIZATION_PATH = (names.ORGANIZATION, names.ORGANIZATION_NAME)
_CERTIFICATE_PATH = (names.IDP, names.KEY, names.KEY_INFO, names.X509_DATA, names.X509_CERTIFICATE)
_FORMAT_PATH = (names.IDP, names.NAME_ID_FORMAT)
_TEXT_PATHS = {_UI_NAME_PATH, _ORGANIZATION_PATH, _CERTIFICATE_PATH, _FORMAT_PATH}


class Collector:
    """Follows the elements of one EntityDescriptor. Where an element stands counts, not only what it is called.

    Args:
        attributes: those of the EntityDescriptor.
        limits: each `validUntil` of what it is in.
    """

    def __init__(self, attributes: Mapping[str, str], limits: tuple[str, ...]) -> None:
        own = attributes.get("validUntil", "")
        self.entity = RawEntity(attributes.get("entityID", "").strip(), (*limits, own) if own else limits)
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._length = 0
        self._language = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element inside begins."""
        self._path.append(tag)
        path = tuple(self._path)
        if len(path) == 1:
            self._role(tag, attributes)
        elif path == (names.IDP, names.KEY):
            self._current.keys.append(RawKey(attributes.get("use", "").strip()))
        elif path == (names.IDP, names.SSO):
            self._current.sso.append(_service(attributes))
        elif path == (names.IDP, names.SLO):
            self._current.slo.append(_service(attributes))
        elif path in _TEXT_PATHS:
            self._text, self._length = [], 0
            self._language = attributes.get(names.LANGUAGE, "")

    def data(self, text: str) -> None:
        """Text passes by; it is kept where it is wanted, up to a length that nothing genuine has."""
        if self._text is not None and self._length <= _LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self) -> bool:
        """An element ends; whether it was the EntityDescriptor itself."""
        if not self._path:
            return True
        path = tuple(self._path)
        if self._text is not None and path in _TEXT_PATHS:
            self._keep(path, "".join(self._text)[:_LONGEST_TEXT].strip())
            self._text = None
        self._path.pop()
        return False

    @property
    def _current(self) -> RawRole:
        return self.entity.roles[-1]

    def _role(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == names.IDP:
            self.entity.roles.append(
                RawRole(
                    protocols=attributes.get("protocolSupportEnumeration", ""),
                    # xs:boolean has two spellings of each value.
                    wants_signed_requests=attributes.get("WantAuthnRequestsSigned", "").strip() in {"true", "1"},
                    valid_until=attributes.get("validUntil", ""),
                )
            )
        elif tag == names.SP:
            self.entity.is_service_provider = True
        elif names.local_name(tag) == "IDPSSODescriptor":
            self.entity.stray = ("IDPSSODescriptor", names.namespace_of(tag))

    def _keep(self, path: tuple[str, ...], text: str) -> None:
        if path == _CERTIFICATE_PATH:
            self._current.keys[-1].certificates.append(text)
        elif path == _FORMAT_PATH:
            self._current.name_id_formats.append(text)
        elif text:
            name = " ".join(text.split())[:_LONGEST_NAME]
            self.entity.names.setdefault(f"{path[-1]} ", name)
            if self._language.lower().startswith("en"):
                self.entity.names.setdefault(f"{path[-1]} en", name)


def _service(attributes: Mapping[str, str]) -> RawService:
    return RawService(attributes.get("Binding", "").strip(), attributes.get("Location", "").strip())
