"""What the SAML provider was told about the one application that it signs people in to."""

import base64
from dataclasses import dataclass, field, replace

import xmlsec
from lxml import etree
from starlette.exceptions import HTTPException

from local.idp.people import ASSIGNED, DOMAIN, PEOPLE
from local.idp.saml_messages import EMAIL, PERSISTENT
from local.idp.saml_signing import KeyPair
from local.idp.web import first

SIGNED = ("assertion", "response", "both")
NAME_IDS = {"subject": PERSISTENT, "email": EMAIL}
_NAMES = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


@dataclass(frozen=True)
class SamlState:
    """What the admin page changes.

    Attributes:
        acs, audience: of the one service provider that is set up; empty at first.
        slo: where it takes the answer to its logout requests.
        name_id: `subject`, the person's id, or `email`.
        assigned: ids of the people who may use the application.
        signed: what is signed of a response.
        encrypt_for: the service provider's certificate, Base64 of DER; empty: in clear.
        verify_with: likewise that by which its requests are verified; empty: they are not, and nobody is signed out.
        require_signed: whether a sign-in request without a signature is refused.
        relay_state: what goes along when the identity provider begins.
        key, certificate: those that sign, PEM.
    """

    key: str
    certificate: str
    acs: str = ""
    audience: str = ""
    slo: str = ""
    name_id: str = "subject"
    domain: str = DOMAIN
    assigned: list[str] = field(default_factory=lambda: list(ASSIGNED))
    signed: str = "assertion"
    encrypt_for: str = ""
    verify_with: str = ""
    require_signed: bool = False
    relay_state: str = ""

    @property
    def pair(self) -> KeyPair:
        """The key with its certificate."""
        return KeyPair(self.key, self.certificate)


def typed(state: SamlState, form: dict[str, list[str]]) -> SamlState:
    """The settings with what was typed on the admin page; HTTPException for what cannot be."""
    name_id, signed = first(form, "name_id"), first(form, "signed")
    if name_id not in NAME_IDS or signed not in SIGNED:
        raise HTTPException(400, "Choose what is sent and what is signed.")
    require_signed, verify_with = bool(first(form, "require_signed")), _certificate(form, "verify_with")
    if require_signed and not verify_with:
        raise HTTPException(400, "Requests cannot be verified without the certificate of the application.")
    return replace(
        state,
        acs=first(form, "acs"),
        audience=first(form, "audience"),
        slo=first(form, "slo"),
        name_id=name_id,
        domain=first(form, "domain") or DOMAIN,
        assigned=[person.id for person in PEOPLE if person.id in form.get("assigned", [])],
        signed=signed,
        encrypt_for=_certificate(form, "encrypt_for"),
        verify_with=verify_with,
        require_signed=require_signed,
        relay_state=first(form, "relay_state"),
    )


def of_metadata(state: SamlState, document: str) -> SamlState:
    """The settings with what the application's metadata says (SAML 2.0 metadata, section 2.4.4).

    Raises:
        HTTPException: it is no metadata of a service provider.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise HTTPException(400, "The metadata is no XML. Paste what is at its address, not the address.") from error
    descriptor = root.find("md:SPSSODescriptor", _NAMES)
    if descriptor is None or not root.get("entityID"):
        raise HTTPException(400, "The metadata describes no service provider.")
    verify_with = _key(descriptor, "signing")
    return replace(
        state,
        audience=root.get("entityID", ""),
        acs=_address(descriptor, "AssertionConsumerService"),
        slo=_address(descriptor, "SingleLogoutService"),
        verify_with=verify_with,
        # xs:boolean has two spellings of each value.
        require_signed=bool(verify_with) and descriptor.get("AuthnRequestsSigned") in ("true", "1"),
        encrypt_for=_key(descriptor, "encryption"),
    )


def _address(descriptor: etree._Element, service: str) -> str:
    found = descriptor.findall(f"md:{service}", _NAMES)
    return next((str(item.get("Location")) for item in found if item.get("Binding") == _POST), "")


def _key(descriptor: etree._Element, use: str) -> str:
    for key in descriptor.findall("md:KeyDescriptor", _NAMES):
        if key.get("use") in (None, use):
            return der_of(key.findtext(".//ds:X509Certificate", "", _NAMES), f"The {use} certificate cannot be read.")
    return ""


def _certificate(form: dict[str, list[str]], name: str) -> str:
    kind = {"encrypt_for": "encryption", "verify_with": "signing"}[name]
    return der_of(first(form, name), f"The {kind} certificate cannot be read.")


def der_of(text: str, refusal: str) -> str:
    """Base64 of DER from what was pasted, PEM or not; empty stays empty.

    Raises:
        HTTPException: it is no certificate, in the words of `refusal`.
    """
    lines = [line.strip() for line in text.splitlines() if "-----" not in line]
    encoded_der = "".join("".join(lines).split())
    if encoded_der:
        pem = f"-----BEGIN CERTIFICATE-----\n{encoded_der}\n-----END CERTIFICATE-----\n"
        try:
            base64.b64decode(encoded_der, validate=True)
            xmlsec.Key.from_memory(pem.encode(), xmlsec.KeyFormat.CERT_PEM)
        except (ValueError, xmlsec.Error) as error:
            raise HTTPException(400, refusal) from error
    return encoded_der
