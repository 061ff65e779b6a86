"""Keys of a SAML identity provider, and what it does with them: signing, encrypting, metadata."""

import base64
import datetime
from dataclasses import dataclass
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from local.idp.saml_messages import ASSERTION, part

_METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false"
      protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
{keys}
{slo}    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso_url}"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{sso_url}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""
_KEY = """    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>"""

_SLO = (
    '    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{slo_url}"/>\n'
)


@dataclass(frozen=True)
class KeyPair:
    """A private key and its certificate, both PEM."""

    key: str
    certificate: str

    def der(self) -> str:
        """The certificate as metadata carries it: Base64 of DER."""
        return "".join(line for line in self.certificate.splitlines() if "-----" not in line)


def make_key_pair(common_name: str, *, days: int = 3650, begin_days_ago: int = 1) -> KeyPair:
    """A new RSA key with a certificate that it signed itself; one of negative `days` has expired already."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=begin_days_ago))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return KeyPair(pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


def metadata(entity_id: str, sso_url: str, *pairs: KeyPair, slo_url: str = "") -> str:
    """The identity provider's metadata; any of the keys may sign, and without `slo_url` it has no single logout."""
    keys = "\n".join(_KEY.format(certificate=pair.der()) for pair in pairs)
    slo = _SLO.format(slo_url=slo_url) if slo_url else ""
    return _METADATA.format(entity_id=entity_id, sso_url=sso_url, keys=keys, slo=slo)


def sign(
    element: etree._Element,
    pair: KeyPair,
    *,
    method: Any = xmlsec.Transform.RSA_SHA256,
    digest: Any = xmlsec.Transform.SHA256,
) -> None:
    """Sign an assertion or a response by an enveloped signature behind its Issuer (SAML 2.0 core, section 5.4)."""
    signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, method, ns="ds")
    part(element, "saml:Issuer").addnext(signature)
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    key_info = xmlsec.template.ensure_key_info(signature)
    xmlsec.template.x509_data_add_certificate(xmlsec.template.add_x509_data(key_info))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pair.key.encode(), xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_memory(pair.certificate.encode(), xmlsec.KeyFormat.PEM)
    context.register_id(element, "ID")
    context.sign(signature)


def encrypt_assertion(response: etree._Element, certificate: str) -> None:
    """Put the assertion of a response into an EncryptedAssertion for the holder of a certificate (Base64 of DER)."""
    assertion = part(response, "saml:Assertion")
    manager = xmlsec.KeysManager()
    der = base64.b64decode(certificate)
    manager.add_key(xmlsec.Key.from_memory(_pem(der), xmlsec.KeyFormat.CERT_PEM))
    data = xmlsec.template.encrypted_data_create(
        response, xmlsec.Transform.AES256, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    key_info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(key_info, xmlsec.Transform.RSA_OAEP)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    encrypted = context.encrypt_xml(data, assertion)
    place = etree.Element(f"{{{ASSERTION}}}EncryptedAssertion", nsmap={"saml": ASSERTION})
    response.replace(encrypted, place)
    place.append(encrypted)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
