"""What was read from an identity provider's SAML metadata, and what is to be said about it."""

from dataclasses import dataclass
from datetime import datetime

from federation.sayings import Finding, Judged, NotUsable


@dataclass(frozen=True)
class Certificate:
    """A signing certificate of the identity provider.

    Args:
        pem: the certificate as PEM text, ending in a line feed.
        subject: its subject as RFC 4514 writes it; may be empty.
        not_before: from when it is valid; aware.
        not_after: until when it is valid; aware.
        key: kind of its key: "RSA" or "EC", else what cryptography calls it.
        bits: size of the key in bits; 0 where the kind has none.
        signature: hash with which the certificate itself is signed, such as "sha256"; "" where there is none.
        fingerprint: SHA-256 over the certificate, in lower-case hexadecimal digits.
    """

    pem: str
    subject: str
    not_before: datetime
    not_after: datetime
    key: str
    bits: int
    signature: str
    fingerprint: str


@dataclass(frozen=True)
class ParsedMetadata(Judged):
    """One identity provider, as its metadata describes it.

    Args:
        entity_id: its entity ID.
        sso_url: where Cognito redirects people to sign in; "" where there is no such address, which is an error.
        sso_binding: binding of that address: Cognito uses HTTP-Redirect and no other; "" without an address.
        slo_url: where Cognito redirects people to sign out; "" where it cannot.
        certificates: its signing certificates that go to Cognito, the one that lasts longest first; where none could
            go there, those that could be read.
        name_id_formats: the NameID formats that it offers, in its own order.
        wants_signed_requests: whether it takes signed requests alone.
        findings: what is to be said about it, errors first.
        document: one EntityDescriptor with only what Cognito needs, the same text for the same content, for Cognito's
            `MetadataFile`; "" while there are errors, so that what cannot work never gets there.
    """

    entity_id: str
    sso_url: str
    sso_binding: str
    slo_url: str
    certificates: tuple[Certificate, ...]
    name_id_formats: tuple[str, ...]
    wants_signed_requests: bool
    findings: tuple[Finding, ...]
    document: str


@dataclass(frozen=True)
class Entity:
    """An identity provider that can be chosen from a file with several.

    Args:
        entity_id: its entity ID, to be given to `parse`.
        display_name: what it calls itself, in English where it says so; "" where it says nothing.
    """

    entity_id: str
    display_name: str


@dataclass(frozen=True)
class Choice:
    """Metadata with several identity providers: a federation aggregate. Somebody has to choose one.

    Args:
        entities: those that can be chosen, in the order of the file, up to `parsing.MOST_CHOICES`.
        total: how many there are; more than `entities` has only where the list was cut off.
    """

    entities: tuple[Entity, ...]
    total: int


class MetadataError(NotUsable):
    """What was given is not the metadata of an identity provider, or cannot be read safely."""
