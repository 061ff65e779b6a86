"""Messages of SAML's single logout: the LogoutRequest that goes out and the LogoutResponse that comes back.

Only the pool begins it: AWS documents no LogoutRequest of a provider (DG:cognito-user-pools-saml-idp-sign-out).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import xmlsec
from lxml import etree

from local.cognito.hosted.saml_metadata import IdentityProvider
from local.cognito.hosted.saml_request import now_text

_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_REQUEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<saml2p:LogoutRequest xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" Destination={destination} ID={id} '
    'IssueInstant={instant} Version="2.0">'
    '<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml2:Issuer>'
    '<saml2:NameID xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"{qualifiers}>{name_id}</saml2:NameID>'
    "<saml2p:SessionIndex>{index}</saml2p:SessionIndex>"
    "</saml2p:LogoutRequest>"
)
_QUALIFIERS = ("Format", "NameQualifier", "SPNameQualifier")
_LONGEST = 100_000
# Exclusive canonicalization and the enveloped signature are all that a signature may do (SAML 2.0 core, 5.4.4).
_TRANSFORMS = {
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
}
_METHODS = tuple(f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (256, 384, 512))


class BadLogout(ValueError):
    """A LogoutResponse that does not hold, in words."""


@dataclass(frozen=True)
class LogoutRequest:
    """Ends a session at a provider (SAML 2.0 core, section 3.7.1).

    Attributes:
        name_id: the NameID's attributes, with its text under ``Value``.
    """

    id: str
    destination: str
    issuer: str
    name_id: Mapping[str, str]
    index: str

    def xml(self) -> str:
        """The message."""
        attributes = {"destination": self.destination, "id": self.id, "instant": now_text()}
        given = [name for name in _QUALIFIERS if self.name_id.get(name)]
        return _REQUEST.format(
            **{name: quoteattr(value) for name, value in attributes.items()},
            issuer=escape(self.issuer),
            qualifiers="".join(f" {name}={quoteattr(self.name_id[name])}" for name in given),
            name_id=escape(self.name_id["Value"]),
            index=escape(self.index),
        )


def check_response(encoded: str, provider: IdentityProvider, request_id: str, here: str) -> None:
    """Raise BadLogout unless this is the provider's word that the session of our request has ended.

    Args:
        encoded: the form's SAMLResponse, Base64.
        here: the address at which it arrived.
    """
    root = _parsed(encoded)
    if root.tag != f"{{{_NAMES['samlp']}}}LogoutResponse":
        raise BadLogout("The message is no LogoutResponse")
    # The POST binding needs a signature in the message itself (SAML 2.0 profiles, section 4.4.4.2).
    _check_signature(root, provider.certificates)
    if root.findtext("saml:Issuer", "", _NAMES).strip() != provider.entity_id:
        raise BadLogout("The issuer is another one")
    if root.get("InResponseTo") != request_id:
        raise BadLogout("InResponseTo does not match the request that was sent")
    if root.get("Destination") not in (None, here):
        raise BadLogout("The destination is another one")
    status = root.find("samlp:Status/samlp:StatusCode", _NAMES)
    if status is None or status.get("Value") != _SUCCESS:
        raise BadLogout("The provider did not end the session")


def _parsed(encoded: str) -> etree._Element:
    if len(encoded) > _LONGEST:
        raise BadLogout("The message is too long")
    try:
        document = base64.b64decode("".join(encoded.split()), validate=True)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(document, parser)
    except (binascii.Error, etree.XMLSyntaxError) as error:
        raise BadLogout("The message cannot be read") from error
    if root.getroottree().docinfo.doctype:
        raise BadLogout("The message has a document type")
    return root


def _check_signature(root: etree._Element, certificates: tuple[str, ...]) -> None:
    """Whether one of the certificates signed the whole message, and nothing but it."""
    signatures = root.findall(".//ds:Signature", _NAMES)
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise BadLogout("The message is not signed")
    [signature] = signatures
    references = signature.findall("ds:SignedInfo/ds:Reference", _NAMES)
    # Two elements of one ID would let another than the root be what is verified.
    ids = [element.get("ID") for element in root.iter(etree.Element) if element.get("ID")]
    if len(references) != 1 or not root.get("ID") or references[0].get("URI") != f"#{root.get('ID')}":
        raise BadLogout("The signature covers something else")
    if len(ids) != len(set(ids)):
        raise BadLogout("An ID is given twice")
    transforms = {item.get("Algorithm") for item in references[0].iterfind("ds:Transforms/ds:Transform", _NAMES)}
    method = signature.find("ds:SignedInfo/ds:SignatureMethod", _NAMES)
    if not transforms <= _TRANSFORMS or method is None or method.get("Algorithm") not in _METHODS:
        raise BadLogout("The signature's algorithms are not accepted")
    if not any(_verifies(root, signature, certificate) for certificate in certificates):
        raise BadLogout("The signature is invalid")


def _verifies(root: etree._Element, signature: etree._Element, certificate: str) -> bool:
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"
    context = xmlsec.SignatureContext()
    try:
        context.key = xmlsec.Key.from_memory(pem.encode(), xmlsec.KeyFormat.CERT_PEM)
        context.register_id(root, "ID")
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True
