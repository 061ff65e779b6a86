"""Certificates in every form in which people have them, judged by date and strength."""

import base64
import textwrap
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from federation.metadata import ParsedMetadata, build
from tests.support.certificates import base64_of, certificate, curve_key, dsa_key, pem, rsa_key, short_rsa_key
from tests.support.metadata import DAY, ENTITY_ID, NOW, codes, entity, parsed, role, signing

SSO_URL = "https://idp.example.com/sso"


def der(*, key: CertificatePublicKeyTypes | None = None, signature: str = "sha256", names: int = 0) -> bytes:
    return certificate(
        "idp", not_before=NOW - DAY, not_after=NOW + 1000 * DAY, key=key, signature=signature, names=names
    )


def with_certificates(*texts: str) -> ParsedMetadata:
    return parsed(entity(role(certificates=texts)))


@pytest.mark.parametrize(
    ("key", "code", "kind", "bits"),
    [
        (short_rsa_key(), "key_broken", "RSA", 512),
        (rsa_key(1024).public_key(), "key_weak", "RSA", 1024),
        (rsa_key(2048).public_key(), "", "RSA", 2048),
        (curve_key(ec.SECP192R1).public_key(), "key_broken", "EC", 192),
        (curve_key(ec.SECP224R1).public_key(), "key_weak", "EC", 224),
        (curve_key(ec.SECP256R1).public_key(), "", "EC", 256),
        (dsa_key().public_key(), "key_unsupported", "DSA", 0),
    ],
    ids=["rsa 512", "rsa 1024", "rsa 2048", "ec 192", "ec 224", "ec 256", "dsa"],
)
def test_keys_are_judged_by_kind_and_size(key: CertificatePublicKeyTypes, code: str, kind: str, bits: int) -> None:
    result = with_certificates(base64_of(der(key=key)))
    assert codes(result) == ({code} if code else set())
    assert (result.certificates[0].key, result.certificates[0].bits) == (kind, bits)
    assert bool(result.errors) is (code in {"key_broken", "key_unsupported"})


@pytest.mark.parametrize("signature", ["sha1", "md5"])
def test_an_old_signature_on_the_certificate_itself_is_a_warning(signature: str) -> None:
    """Metadata vouches for the certificate, so that nobody looks at who signed it."""
    result = with_certificates(base64_of(der(signature=signature)))
    assert codes(result) == {"certificate_weak_signature"}
    assert signature.upper() in result.warnings[0].message
    assert result.certificates[0].signature == signature


def test_a_certificate_that_cognito_finds_too_long_is_an_error() -> None:
    result = with_certificates(base64_of(der(names=100)))
    assert codes(result) == {"certificate_too_long"}
    assert "4096" in result.errors[0].message


def test_an_expired_certificate_alone_is_an_error() -> None:
    result = with_certificates(signing("old", begins=-9 * DAY, ends=-2 * DAY))
    assert codes(result) == {"certificate_expired"}
    assert "“CN=old” expired on 2026-11-19" in result.errors[0].message
    assert result.certificates[0].subject == "CN=old"


def test_an_expired_certificate_beside_a_good_one_is_left_out() -> None:
    """Cognito refuses metadata with it: it must "not be expired when you configure the SAML IdP"."""
    result = with_certificates(signing("old", begins=-9 * DAY, ends=-2 * DAY), signing("new"))
    assert codes(result) == {"expired_certificate_left_out"}
    assert [item.subject for item in result.certificates] == ["CN=new"]
    assert result.document.count("<ds:X509Certificate>") == 1


def test_a_certificate_for_later_alone_is_an_error() -> None:
    assert codes(with_certificates(signing(begins=DAY))) == {"certificate_not_yet_valid"}


def test_a_certificate_for_later_beside_a_good_one_is_kept() -> None:
    result = with_certificates(signing("now"), signing("next", begins=2 * DAY, ends=2000 * DAY))
    assert codes(result) == {"certificate_for_later", "several_certificates"}
    assert [item.subject for item in result.certificates] == ["CN=next", "CN=now"]


def test_a_certificate_from_a_clock_that_is_ahead_is_valid() -> None:
    assert not with_certificates(signing(begins=timedelta(minutes=4))).findings


def test_the_last_certificate_to_expire_is_told_about_in_time() -> None:
    assert codes(with_certificates(signing(ends=29 * DAY))) == {"certificate_expires_soon"}
    assert not with_certificates(signing(ends=31 * DAY)).findings
    with_successor = with_certificates(signing("a", ends=3 * DAY), signing("b", ends=400 * DAY))
    assert codes(with_successor) == {"several_certificates"}


def test_the_same_certificate_twice_is_one() -> None:
    text = signing()
    wrapped = "\n".join(textwrap.wrap(text, 64))
    result = with_certificates(text, wrapped, f"-----BEGIN CERTIFICATE-----\n{wrapped}\n-----END CERTIFICATE-----")
    assert not result.findings
    assert len(result.certificates) == 1


def test_the_order_of_certificates_makes_no_other_document() -> None:
    one, two = signing("one"), signing("two")
    assert with_certificates(one, two).document == with_certificates(two, one).document


def test_a_damaged_certificate_beside_a_good_one_is_left_out() -> None:
    assert codes(with_certificates(signing(), signing()[:-100])) == {"unreadable_certificate_left_out"}


def test_too_many_certificates_are_an_error() -> None:
    assert codes(with_certificates(*(signing(str(number)) for number in range(11)))) == {"too_many_certificates"}


GOOD = der()
BODY = base64_of(GOOD)
PEM = pem(GOOD)


@pytest.mark.parametrize(
    "pasted",
    [
        PEM,
        BODY,
        "\r\n".join(textwrap.wrap(BODY, 76)),
        f"\n\n   {PEM}\n\n",
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", " "),
        "Subject: the signing certificate\nIssuer: itself\n" + PEM,
        BODY + "\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n" + BODY,
        PEM.replace("CERTIFICATE", "X509 CERTIFICATE"),
        "\t".join(textwrap.wrap(BODY, 10)),
    ],
)
def test_a_pasted_certificate_is_read_whatever_is_around_it(pasted: str) -> None:
    result = build(ENTITY_ID, SSO_URL, "", [pasted], now=NOW)
    assert not result.findings
    assert result.certificates[0].pem == PEM


def test_several_certificates_may_be_pasted_together() -> None:
    other = pem(certificate("other", not_before=NOW - DAY, not_after=NOW + 900 * DAY))
    result = build(ENTITY_ID, SSO_URL, "", [PEM + other], now=NOW)
    assert [item.subject for item in result.certificates] == ["CN=idp", "CN=other"]


PRIVATE = (
    rsa_key()
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)
PUBLIC = (
    rsa_key()
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


@pytest.mark.parametrize(
    ("pasted", "code", "word"),
    [
        (PRIVATE, "certificate_is_private_key", "private key"),
        (PEM + PRIVATE, "certificate_is_private_key", "private key"),
        (PUBLIC, "certificate_is_other", "Public Key"),
        (PEM.replace("CERTIFICATE", "CERTIFICATE REQUEST"), "certificate_is_other", "request"),
        (PEM.replace("CERTIFICATE", "PKCS7"), "certificate_is_other", "Pkcs7"),
        (":".join(["AB"] * 20), "certificate_is_other", "fingerprint"),
        ("ab" * 32, "certificate_is_other", "fingerprint"),
        (base64.b64encode(b"something else").decode(), "certificate_unreadable", "cannot be read"),
        (PEM[:400], "certificate_unreadable", "cannot be read"),
        ("€", "certificate_unreadable", "cannot be read"),
    ],
)
def test_what_is_no_certificate_is_called_what_it_is(pasted: str, code: str, word: str) -> None:
    result = build(ENTITY_ID, SSO_URL, "", [pasted], now=NOW)
    assert {finding.code for finding in result.errors} == {code}
    assert word in result.errors[0].message
    assert not result.document


def test_a_private_key_is_not_repeated() -> None:
    result = build(ENTITY_ID, SSO_URL, "", [PEM + PRIVATE], now=NOW)
    assert PRIVATE.splitlines()[1] not in repr(result)
