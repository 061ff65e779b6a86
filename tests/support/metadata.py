"""Metadata for tests, put together from what each test is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from federation.metadata import Choice, ParsedMetadata, parse
from tests.support.certificates import base64_of, certificate

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
REDIRECT, POST = BINDINGS + "HTTP-Redirect", BINDINGS + "HTTP-POST"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ENTITY_ID = "https://idp.example.com/saml"
SSO = (REDIRECT, "https://idp.example.com/sso")


@cache
def signing(subject: str = "idp", *, begins: timedelta = -DAY, ends: timedelta = 1000 * DAY) -> str:
    """Return a good certificate as metadata has it, the same for the same; times are from `NOW`."""
    return base64_of(certificate(subject, not_before=NOW + begins, not_after=NOW + ends))


def key_descriptor(content: str, use: str = "signing") -> str:
    """Return a KeyDescriptor; `use` may be empty."""
    used = f' use="{use}"' if use else ""
    data = f"<ds:X509Data><ds:X509Certificate>{content}</ds:X509Certificate></ds:X509Data>"
    return f"<md:KeyDescriptor{used}><ds:KeyInfo>{data}</ds:KeyInfo></md:KeyDescriptor>"


def service(kind: str, binding: str, location: str) -> str:
    """Return a service of an identity provider: kind is SingleSignOnService or SingleLogoutService."""
    return f"<md:{kind} Binding={quoteattr(binding)} Location={quoteattr(location)}/>"


def role(
    *,
    certificates: Sequence[str] | None = None,
    sso: Sequence[tuple[str, str]] = (SSO,),
    slo: Sequence[tuple[str, str]] = (),
    formats: Sequence[str] = (),
    keys: str | None = None,
    attributes: str = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"',
    extensions: str = "",
) -> str:
    """Return an IDPSSODescriptor; `keys` replaces the KeyDescriptors that certificates would make."""
    texts = [signing()] if certificates is None else certificates
    parts = ["".join(key_descriptor(text) for text in texts) if keys is None else keys]
    parts += [service("SingleLogoutService", *item) for item in slo]
    parts += [f"<md:NameIDFormat>{escape(item)}</md:NameIDFormat>" for item in formats]
    parts += [service("SingleSignOnService", *item) for item in sso]
    return f"<md:IDPSSODescriptor {attributes}>{extensions}{''.join(parts)}</md:IDPSSODescriptor>"


def entity(content: str, *, entity_id: str = ENTITY_ID, attributes: str = "") -> str:
    """Return an EntityDescriptor."""
    return (
        f'<md:EntityDescriptor xmlns:md="{METADATA}" xmlns:ds="{SIGNATURE}" '
        f"entityID={quoteattr(entity_id)} {attributes}>{content}</md:EntityDescriptor>"
    )


def entities(content: str, *, attributes: str = "") -> str:
    """Return an EntitiesDescriptor: the metadata of several, as federations publish it."""
    return f'<md:EntitiesDescriptor xmlns:md="{METADATA}" {attributes}>{content}</md:EntitiesDescriptor>'


def parsed(content: str | bytes, *, entity_id: str = "", now: datetime = NOW) -> ParsedMetadata:
    """Return the one identity provider of metadata."""
    data = content.encode() if isinstance(content, str) else content
    result = parse(data, entity_id=entity_id, now=now)
    assert isinstance(result, ParsedMetadata)
    return result


def chosen(content: str, *, now: datetime = NOW) -> Choice:
    """Return the choice between the identity providers of metadata."""
    result = parse(content.encode(), now=now)
    assert isinstance(result, Choice)
    return result


def codes(result: ParsedMetadata) -> set[str]:
    """Return the codes of everything that is said about an identity provider."""
    return {finding.code for finding in result.findings}
