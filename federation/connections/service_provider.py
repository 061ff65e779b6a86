"""What an identity provider has to know of us: the addresses and names of the service provider that a user pool is."""

from dataclasses import dataclass

from lxml import etree

from federation.connections.settings import PERSISTENT
from federation.metadata import Certificate
from federation.metadata.certificates import body

_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


@dataclass(frozen=True)
class ServiceProvider:
    """A user pool as identity providers see it (Developer Guide, "Things to know about SAML IdPs" and "OIDC IdPs").

    Args:
        pool_id: the pool's id in Cognito; empty while it is not there.
        domain: where its hosted pages are, without a slash at the end; empty while it has no domain in Cognito.
    """

    pool_id: str
    domain: str

    @property
    def ready(self) -> bool:
        """Say whether the values are right: both parts are in Cognito."""
        return bool(self.pool_id and self.domain)

    @property
    def entity_id(self) -> str:
        """Our entity ID, one for the whole pool; also the audience of assertions."""
        return f"urn:amazon:cognito:sp:{self.pool_id}" if self.ready else ""

    @property
    def acs_url(self) -> str:
        """Where SAML responses are posted to (the assertion consumer service)."""
        return self._at("/saml2/idpresponse")

    @property
    def logout_url(self) -> str:
        """Where SAML logout responses are posted to."""
        return self._at("/saml2/logout")

    @property
    def redirect_uri(self) -> str:
        """Where OpenID and social providers send people back to."""
        return self._at("/oauth2/idpresponse")

    def _at(self, path: str) -> str:
        return f"{self.domain}{path}" if self.ready else ""


@dataclass(frozen=True)
class OurKeys:
    """Cognito's certificates for one SAML connection; None for what is not known yet.

    Args:
        signing: the user pool's, with which Cognito signs.
        encryption: of the identity provider's own key pair, for which assertions are encrypted.
    """

    signing: Certificate | None = None
    encryption: Certificate | None = None


NO_KEYS = OurKeys()


def sp_metadata(
    provider: ServiceProvider, keys: OurKeys = NO_KEYS, *, sign_requests: bool = False, encrypt: bool = False
) -> bytes:
    """Return our SAML metadata ("Metadata for the OASIS SAML V2.0", sections 2.3.2 and 2.4.4), the same at each call.

    Cognito publishes none for a pool. What it accepts is said here: POST to the one address, persistent NameIDs. The
    certificate for signatures is always there, because requests to sign out are always signed; the one for encryption
    only where Cognito decrypts, because identity providers encrypt as soon as they are told a key.

    Args:
        provider: one that is ready.
        keys: as far as they are known.
        sign_requests: whether Cognito signs requests to sign in.
        encrypt: whether Cognito takes encrypted assertions.
    """
    root = etree.Element(
        f"{{{_METADATA}}}EntityDescriptor", nsmap={"md": _METADATA, "ds": _SIGNATURE}, entityID=provider.entity_id
    )
    role = etree.SubElement(
        root,
        f"{{{_METADATA}}}SPSSODescriptor",
        protocolSupportEnumeration=_PROTOCOL,
        AuthnRequestsSigned="true" if sign_requests else "false",
    )
    if keys.signing:
        _add_key(role, "signing", keys.signing)
    if keys.encryption and encrypt:
        _add_key(role, "encryption", keys.encryption)
    etree.SubElement(role, f"{{{_METADATA}}}SingleLogoutService", Binding=_POST, Location=provider.logout_url)
    etree.SubElement(role, f"{{{_METADATA}}}NameIDFormat").text = PERSISTENT
    etree.SubElement(
        role,
        f"{{{_METADATA}}}AssertionConsumerService",
        Binding=_POST,
        Location=provider.acs_url,
        index="0",
        isDefault="true",
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_key(role: etree._Element, use: str, certificate: Certificate) -> None:
    """Add a KeyDescriptor (section 2.4.1.1).

    python3-saml's `add_x509_key_descriptors` takes one certificate for both uses, and Cognito has two.
    """
    descriptor = etree.SubElement(role, f"{{{_METADATA}}}KeyDescriptor", use=use)
    info = etree.SubElement(descriptor, f"{{{_SIGNATURE}}}KeyInfo")
    data = etree.SubElement(info, f"{{{_SIGNATURE}}}X509Data")
    etree.SubElement(data, f"{{{_SIGNATURE}}}X509Certificate").text = body(certificate)
