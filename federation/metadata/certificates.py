"""Reading signing certificates in every form in which people have them, and judging them."""

import base64
import binascii
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from federation.metadata.findings import finding
from federation.metadata.model import Certificate
from federation.sayings import Finding

# "Each signing certificate must be no longer than 4,096 characters in length": Amazon Cognito developer guide, "Things
# to know about SAML IdPs". Counted is what is between the tags: base64 without line ends.
LONGEST = 4096
MOST_CERTIFICATES = 10
# Beyond these nothing is even read: what Cognito takes has a quarter of that length, and there are never so many.
_LONGEST_TEXT = 16 * 1024
_MOST_TEXTS = 100
_BEGIN, _END, _DASHES = "-----BEGIN ", "-----END ", "-----"
SOON = timedelta(days=30)
# Clocks differ. A certificate that was made a moment ago is not one for later.
_LEEWAY = timedelta(minutes=5)

_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}[:\s]?){20}(?:(?:[0-9A-Fa-f]{2}[:\s]?){12})?")
# What NIST SP 800-131A Rev. 2 still allows for new signatures; below the second figure keys have been broken, or are
# within reach of somebody with money.
_GOOD_BITS = {"RSA": 2048, "EC": 256}
_LEAST_BITS = {"RSA": 1024, "EC": 224}
_WEAK_HASHES = {"md5", "sha1"}


@dataclass(frozen=True)
class _Block:
    """A block of PEM: what it says it is, what is between its lines, and all of it."""

    label: str
    body: str
    text: str


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks of PEM in a text, going through it once: a regular expression would begin anew at each line."""
    position = 0
    while True:
        start = text.find(_BEGIN, position)
        label_end = text.find(_DASHES, start + len(_BEGIN)) if start >= 0 else -1
        end = text.find(_END, label_end + len(_DASHES)) if label_end >= 0 else -1
        position = text.find(_DASHES, end + len(_END)) + len(_DASHES) if end >= 0 else 0
        if position < len(_END):
            return
        body = text[label_end + len(_DASHES) : end]
        yield _Block(text[start + len(_BEGIN) : label_end].strip(), body, text[start:position])


def split(text: str) -> list[str]:
    """Return the certificates in a pasted text, each as base64 with or without what was around it.

    Args:
        text: PEM with one or more blocks, bare base64, or something else.
    """
    blocks = [block.text for block in _blocks(text)]
    return blocks or ([text] if text.strip() else [])


def read(text: str) -> Certificate | Finding:
    """Return a certificate, or what the text is instead.

    Args:
        text: base64 with or without PEM's first and last line, and any white space.
    """
    block = next(_blocks(text), None)
    if other := _other(block.label if block else "", text):
        return other
    content = block.body if block else re.sub(r"-----(?:BEGIN|END)[^-]*-----", "", text)
    if len(content) > _LONGEST_TEXT:
        return finding("certificate_unreadable")
    try:
        der = base64.b64decode("".join(content.split()), validate=True)
        return _described(x509.load_der_x509_certificate(der), der)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return finding("certificate_unreadable")


def _other(label: str, text: str) -> Finding | None:
    """Return what a text is, where it says or shows that it is no certificate."""
    if "PRIVATE KEY" in label or (not label and "PRIVATE KEY" in text):
        return finding("certificate_is_private_key")
    if "REQUEST" in label:
        return finding("certificate_is_other", what="a certificate request (CSR)")
    if label and "CERTIFICATE" not in label.split():
        shown = "".join(character for character in label if character.isalnum() or character == " ")
        return finding("certificate_is_other", what=shown[:40].title())
    if not label and _FINGERPRINT.fullmatch(text.strip()):
        return finding("certificate_is_other", what="a fingerprint (thumbprint) of a certificate")
    return None


def _described(certificate: x509.Certificate, der: bytes) -> Certificate:
    kind, bits = _key(certificate.public_key())
    digest = certificate.signature_hash_algorithm
    # Made from the DER itself rather than by cryptography, so that what goes to Cognito is octet for octet what came.
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return Certificate(
        pem="\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]),
        subject=_subject(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=kind,
        bits=bits,
        signature=digest.name if digest else "",
        fingerprint=_sha256(der),
    )


def _subject(certificate: x509.Certificate) -> str:
    text = certificate.subject.rfc4514_string()
    return "".join(character if character.isprintable() else "?" for character in text)[:200]


def _sha256(der: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    return digest.finalize().hex()


def _key(key: CertificatePublicKeyTypes) -> tuple[str, int]:
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.curve.key_size
        case _:
            return type(key).__name__.strip("_").removesuffix("PublicKey"), 0


def body(certificate: Certificate) -> str:
    """Return a certificate as an X509Certificate element has it: base64 without line ends."""
    return "".join(certificate.pem.splitlines()[1:-1])


def judge(texts: Iterable[str], now: datetime) -> tuple[tuple[Certificate, ...], list[Finding]]:
    """Return the certificates that go to Cognito, the one that lasts longest first, and what is to be said.

    Where none can go there, those that could be read are returned, for showing them.

    Args:
        texts: the certificates as they were given.
        now: the time to judge them by.
    """
    different = list(dict.fromkeys(texts))
    if len(different) > _MOST_TEXTS:
        return (), [finding("too_many_certificates", count=len(different), limit=MOST_CERTIFICATES)]
    readings = [read(text) for text in different]
    unreadable = [reading for reading in readings if isinstance(reading, Finding)]
    by_fingerprint = {reading.fingerprint: reading for reading in readings if isinstance(reading, Certificate)}
    found = sorted(by_fingerprint.values(), key=lambda item: (item.not_after, item.fingerprint), reverse=True)
    if len(found) > MOST_CERTIFICATES:
        return (), [finding("too_many_certificates", count=len(found), limit=MOST_CERTIFICATES)]
    current = [item for item in found if item.not_before <= now + _LEEWAY and now <= item.not_after]
    if not current:
        return tuple(found), [*_unreadable(unreadable, beside=False), *_none_valid(found, now)]
    kept = [item for item in found if now <= item.not_after]
    said = [*_unreadable(unreadable, beside=True), *_dates(found, kept, now)]
    for certificate in kept:
        said += _strength(certificate)
    if len(kept) > 1:
        said.append(finding("several_certificates", count=len(kept)))
    return tuple(kept), said


def _unreadable(findings: list[Finding], *, beside: bool) -> list[Finding]:
    """A damaged certificate beside a good one can be left out. A private key is told about in any case."""
    said = []
    for item in findings:
        damaged = item.code == "certificate_unreadable"
        said.append(finding("unreadable_certificate_left_out") if beside and damaged else item)
    return list(dict.fromkeys(said))


def _none_valid(found: list[Certificate], now: datetime) -> list[Finding]:
    return [
        finding("certificate_expired", subject=_named(item), when=_day(item.not_after))
        if item.not_after < now
        else finding("certificate_not_yet_valid", subject=_named(item), when=_moment(item.not_before))
        for item in found
    ]


def _dates(found: list[Certificate], kept: list[Certificate], now: datetime) -> list[Finding]:
    said = [
        finding("expired_certificate_left_out", subject=_named(item), when=_day(item.not_after))
        for item in found
        if item not in kept
    ]
    said += [
        finding("certificate_for_later", subject=_named(item), when=_moment(item.not_before))
        for item in kept
        if item.not_before > now + _LEEWAY
    ]
    last = kept[0]
    if last.not_after < now + SOON:
        said.append(finding("certificate_expires_soon", subject=_named(last), when=_day(last.not_after)))
    return said


def _strength(certificate: Certificate) -> list[Finding]:
    said = []
    facts = {"subject": _named(certificate), "key": certificate.key, "bits": certificate.bits}
    if certificate.key not in _GOOD_BITS:
        said.append(finding("key_unsupported", **facts))
    elif certificate.bits < _LEAST_BITS[certificate.key]:
        said.append(finding("key_broken", **facts))
    elif certificate.bits < _GOOD_BITS[certificate.key]:
        said.append(finding("key_weak", **facts))
    if len(body(certificate)) > LONGEST:
        said.append(finding("certificate_too_long", length=len(body(certificate)), limit=LONGEST, **facts))
    if certificate.signature in _WEAK_HASHES:
        said.append(finding("certificate_weak_signature", hash=certificate.signature.upper(), **facts))
    return said


def _named(certificate: Certificate) -> str:
    return certificate.subject or certificate.fingerprint[:16]


def _day(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
