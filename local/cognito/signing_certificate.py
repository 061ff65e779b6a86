"""The certificate with which a pool signs SAML requests."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.store import Store

_KIND = "signing-certificate"
_YEARS = 10  # B:GetSigningCertificate


@operation("GetSigningCertificate")
def get_signing_certificate(call: Call) -> Doc:
    """The pool's certificate, Base64 of DER; made on first use and the same ever after."""
    return {"Certificate": signing_pair(call.store, str(call.pool()["Id"]), call.clock.now())["certificate"]}


def signing_pair(store: Store, pool_id: str, now: float) -> Doc:
    """The pool's key with its certificate, as `make_certificate` gives them."""
    found = store.get("pool_settings", pool_id=pool_id, kind=_KIND)
    if found is None:
        found = make_certificate(pool_id, now)
        store.insert("pool_settings", found, pool_id=pool_id, kind=_KIND)
    return found


def encryption_pair(store: Store, pool_id: str, provider: str, now: float) -> Doc:
    """The key pair to which one SAML provider encrypts its assertions (reference 3.1); it stays the same."""
    kind = f"encryption/{provider}"
    found = store.get("pool_settings", pool_id=pool_id, kind=kind)
    if found is None:
        found = make_certificate(provider, now)
        store.insert("pool_settings", found, pool_id=pool_id, kind=kind)
    return found


def forget_encryption_pair(store: Store, pool_id: str, provider: str) -> None:
    """Remove the key pair of a provider that is deleted: another one of its name gets another."""
    store.delete("pool_settings", pool_id=pool_id, kind=f"encryption/{provider}")


def make_certificate(common_name: str, now: float) -> Doc:
    """A new key with its certificate: ``certificate`` is Base64 of DER, ``pem`` the private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    begin = datetime.datetime.fromtimestamp(now, datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=365 * _YEARS))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    der = certificate.public_bytes(serialization.Encoding.DER)
    return {"certificate": base64.b64encode(der).decode(), "pem": pem.decode()}
