"""Requests of the application, by the HTTP-Redirect binding (SAML 2.0 bindings, section 3.4.4.1)."""

import base64
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote_plus, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from local.idp.saml_messages import NAMES, PROTOCOL

_LARGEST = 100_000
_HASHES = {
    f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}": kind
    for bits, kind in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))
}


class BadRequest(ValueError):
    """A message that is not what it should be, in words."""


@dataclass(frozen=True)
class AuthnRequest:
    """What a service provider asked.

    Attributes:
        acs: where it wants the answer; empty where it does not say.
        signed: whether the query carries a signature, which `check_signature` verifies.
    """

    id: str
    issuer: str
    acs: str
    relay_state: str
    signed: bool


@dataclass(frozen=True)
class LogoutRequest:
    """Whom a service provider wants signed out (SAML 2.0 core, section 3.7.1)."""

    id: str
    issuer: str
    name_id: str
    index: str
    relay_state: str


def read_request(url: str) -> AuthnRequest:
    """The sign-in request in the query of an address."""
    root, relay_state, signed = _unpacked(url, "AuthnRequest")
    return AuthnRequest(
        id=str(root.get("ID")),
        issuer=root.findtext("saml:Issuer", "", NAMES).strip(),
        acs=root.get("AssertionConsumerServiceURL", ""),
        relay_state=relay_state,
        signed=signed,
    )


def read_logout(url: str) -> LogoutRequest:
    """The logout request in the query of an address."""
    root, relay_state, _ = _unpacked(url, "LogoutRequest")
    return LogoutRequest(
        id=str(root.get("ID")),
        issuer=root.findtext("saml:Issuer", "", NAMES).strip(),
        name_id=root.findtext("saml:NameID", "", NAMES).strip(),
        index=root.findtext("samlp:SessionIndex", "", NAMES).strip(),
        relay_state=relay_state,
    )


def _unpacked(url: str, kind: str) -> tuple[etree._Element, str, bool]:
    query = parse_qs(urlsplit(url).query)
    try:
        packed = base64.b64decode(query["SAMLRequest"][0], validate=True)
        message = zlib.decompressobj(wbits=-15).decompress(packed, _LARGEST)
        root = etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True))
    except (KeyError, ValueError, zlib.error, etree.XMLSyntaxError) as error:
        raise BadRequest("SAMLRequest cannot be read") from error
    if root.tag != f"{{{PROTOCOL}}}{kind}" or not root.get("ID"):
        raise BadRequest(f"SAMLRequest is no {kind}")
    return root, query.get("RelayState", [""])[0], "Signature" in query


def check_signature(url: str, certificate: str) -> None:
    """Raise BadRequest unless the holder of the certificate (Base64 of DER) signed the query of an address.

    What is signed are the three parameters in this order, encoded exactly as they were sent.
    """
    raw = dict(part.partition("=")[::2] for part in urlsplit(url).query.split("&"))
    if not {"SAMLRequest", "SigAlg", "Signature"} <= raw.keys():
        raise BadRequest("The request is not signed")
    octets = "&".join(f"{name}={raw[name]}" for name in ("SAMLRequest", "RelayState", "SigAlg") if name in raw)
    kind = _HASHES.get(unquote_plus(raw["SigAlg"]))
    key = x509.load_der_x509_certificate(base64.b64decode(certificate)).public_key()
    if kind is None or not isinstance(key, rsa.RSAPublicKey):
        raise BadRequest("The request is signed by an algorithm that is not accepted")
    try:
        signature = base64.b64decode(unquote_plus(raw["Signature"]), validate=True)
        key.verify(signature, octets.encode(), padding.PKCS1v15(), kind())
    except (ValueError, InvalidSignature) as error:
        raise BadRequest("The request's signature is not that of the application") from error
