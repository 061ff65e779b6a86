"""Certificates for tests, made when they are needed, so that none ever expires in a repository."""

import base64
from datetime import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

# sha256WithRSAEncryption, sha1WithRSAEncryption and md5WithRSAEncryption of PKCS #1, as DER has them.
_RSA_WITH = {
    "sha256": bytes.fromhex("2a864886f70d01010b"),
    "sha1": bytes.fromhex("2a864886f70d010105"),
    "md5": bytes.fromhex("2a864886f70d010104"),
}


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """Return a key of a size; another one for each number. Made once in a process, because that takes a while."""
    return rsa.generate_private_key(65537, bits)


@cache
def curve_key(curve: type[ec.EllipticCurve]) -> ec.EllipticCurvePrivateKey:
    """Return a key on a curve."""
    return ec.generate_private_key(curve())


@cache
def dsa_key() -> dsa.DSAPrivateKey:
    """Return a DSA key, with which nothing modern signs."""
    return dsa.generate_private_key(2048)


def short_rsa_key() -> rsa.RSAPublicKey:
    """Return a public key of 512 bits, which cryptography reads but would not make."""
    modulus = (1 << 511) | (0x1F << 300) | 1
    return rsa.RSAPublicNumbers(65537, modulus).public_key()


def certificate(
    subject: str,
    *,
    not_before: datetime,
    not_after: datetime,
    key: CertificatePublicKeyTypes | None = None,
    signature: str = "sha256",
    names: int = 0,
    dns: str = "",
) -> bytes:
    """Return a certificate as DER.

    Args:
        subject: its common name.
        not_before: from when it is valid.
        not_after: until when it is valid.
        key: the key that it is for; an RSA key of 2048 bits by default.
        signature: the hash that it claims to be signed with. For others than SHA-256 the claim is all there is: nobody
            verifies the signature of a certificate that stands by itself.
        names: how many alternative names it has, which make it long.
        dns: the name of the server that it is for.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key or rsa_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if names or dns:
        alternatives = [x509.DNSName(f"sign-in-{number}.idp.example.com") for number in range(names)]
        alternatives += [x509.DNSName(dns)] if dns else []
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    made = builder.sign(rsa_key(), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER).replace(_RSA_WITH["sha256"], _RSA_WITH[signature])


def pem(der: bytes) -> str:
    """Return a certificate as PEM."""
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM).decode("ascii")


def base64_of(der: bytes) -> str:
    """Return a certificate as metadata has it."""
    return base64.b64encode(der).decode("ascii")
