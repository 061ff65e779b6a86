"""What an identity provider has to know of us: the addresses and names of the service provider that a user pool is."""

from dataclasses import dataclass

from lxml import etree

from federation.connections.settings import PERSISTENT

_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
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


def sp_metadata(provider: ServiceProvider) -> bytes:
    """Return our SAML metadata ("Metadata for the OASIS SAML V2.0", sections 2.3.2 and 2.4.4), the same at each call.

    Cognito publishes none for a pool. What it accepts is said here: POST to the one address, persistent NameIDs.

    Args:
        provider: one that is ready.
    """
    root = etree.Element(f"{{{_METADATA}}}EntityDescriptor", nsmap={"md": _METADATA}, entityID=provider.entity_id)
    role = etree.SubElement(
        root, f"{{{_METADATA}}}SPSSODescriptor", protocolSupportEnumeration=_PROTOCOL, AuthnRequestsSigned="false"
    )
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
