"""Requests to a SAML provider, sent by the HTTP-Redirect binding (SAML 2.0 bindings, section 3.4).

There is no other: Cognito takes no metadata without an address for it (`provider_details`).
"""

import base64
import datetime
import uuid
import zlib
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_ALGORITHM = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_REQUEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<saml2p:AuthnRequest xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" AssertionConsumerServiceURL={acs} '
    'Destination={destination} ID={id} IssueInstant={instant} ProtocolBinding={binding} Version="2.0">'
    '<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml2:Issuer>'
    "</saml2p:AuthnRequest>"
)


@dataclass(frozen=True)
class AuthnRequest:
    """What is asked of an identity provider."""

    id: str
    destination: str
    acs: str
    issuer: str

    def xml(self) -> str:
        """The message."""
        attributes = {"acs": self.acs, "destination": self.destination, "id": self.id, "instant": now_text()}
        quoted = {name: quoteattr(value) for name, value in {**attributes, "binding": _POST}.items()}
        # A pool's entity id has no character that XML treats specially.
        return _REQUEST.format(**quoted, issuer=self.issuer)


def entity_id(pool_id: str) -> str:
    """The service provider's entity id: one per pool (reference 3.1)."""
    return f"urn:amazon:cognito:sp:{pool_id}"


def new_request_id() -> str:
    """An ID that is an xs:NCName."""
    return f"_{uuid.uuid4()}"


def now_text() -> str:
    """This instant as xs:dateTime, by the real clock: the provider holds it against its own."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Message(Protocol):
    """A request, of whichever kind."""

    @property
    def destination(self) -> str:
        """The provider's address for it."""

    def xml(self) -> str:
        """The message."""


def redirect_url(request: Message, relay_state: str, key_pem: str | None) -> str:
    """Where the browser is sent; signed where there is a key, over exactly the octets that are sent (3.4.4.1)."""
    deflate = zlib.compressobj(wbits=-15)
    message = deflate.compress(request.xml().encode()) + deflate.flush()
    parameters = {"SAMLRequest": base64.b64encode(message).decode(), "RelayState": relay_state}
    query = urlencode(parameters)
    if key_pem is not None:
        query = urlencode({**parameters, "SigAlg": _ALGORITHM})
        query = f"{query}&{urlencode({'Signature': _signature(query, key_pem)})}"
    separator = "&" if "?" in request.destination else "?"
    return f"{request.destination}{separator}{query}"


def _signature(query: str, key_pem: str) -> str:
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a signing key that is not RSA")
    return base64.b64encode(key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
