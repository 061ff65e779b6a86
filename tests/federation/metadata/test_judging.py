"""What is an error, because it cannot work, and what a warning, because it does; each with its exact code."""

from datetime import timedelta

import pytest

from federation.sayings import Severity
from tests.support.metadata import (
    BINDINGS,
    DAY,
    NOW,
    POST,
    REDIRECT,
    SSO,
    codes,
    entities,
    entity,
    key_descriptor,
    parsed,
    role,
    signing,
)

SAML1 = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"'
SIGNED = 'WantAuthnRequestsSigned="1" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"'
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PAST = f'validUntil="{(NOW - DAY).isoformat()}"'

ERRORS = [
    ("saml1_only", role(attributes=SAML1)),
    ("sso_missing", role(sso=())),
    ("sso_no_redirect", role(sso=[(POST, "https://idp.example.com/sso")])),
    ("sso_no_redirect", role(sso=[(BINDINGS + "SOAP", "https://idp.example.com/sso")])),
    ("url_invalid", role(sso=[(REDIRECT, "/sso")])),
    ("url_invalid", role(sso=[(REDIRECT, "javascript:alert(1)")])),
    ("url_invalid", role(sso=[(REDIRECT, "javascript://idp.example.com/%0aalert(1)")])),
    ("url_invalid", role(sso=[(REDIRECT, "ftp://idp.example.com/sso")])),
    ("url_invalid", role(sso=[(REDIRECT, "https://idp.example.com/s so")])),
    ("url_invalid", role(sso=[(REDIRECT, "https://idp.example.com/" + "a" * 2048)])),
    ("url_invalid", role(sso=[(REDIRECT, "https://user:secret@idp.example.com/sso")])),
    ("url_invalid", role(sso=[(REDIRECT, "https://idp.example.com/sso#here")])),
    ("url_invalid", role(sso=[(REDIRECT, "https://[idp/sso")])),
    ("url_invalid", role(sso=[(REDIRECT, "https://idp.example.com:none/")])),
    ("url_invalid", role(sso=[(REDIRECT, "")])),
    ("no_signing_certificate", role(certificates=[])),
    ("only_encryption_certificate", role(keys=key_descriptor(signing(), "encryption"))),
    ("key_without_certificate", role(keys='<md:KeyDescriptor use="signing"><ds:KeyInfo/></md:KeyDescriptor>')),
    ("certificate_unreadable", role(certificates=["MIIC"])),
    ("certificate_unreadable", role(certificates=["not base64!"])),
]
WARNINGS = [
    ("http_url", role(sso=[(REDIRECT, "http://idp.example.com/sso")])),
    ("http_url", role(slo=[(REDIRECT, "http://idp.example.com/slo")])),
    ("slo_no_redirect", role(slo=[(POST, "https://idp.example.com/slo")])),
    ("slo_url_invalid", role(slo=[(REDIRECT, "idp.example.com/slo")])),
    ("only_transient_name_ids", role(formats=[TRANSIENT])),
    ("wants_signed_requests", role(attributes=SIGNED)),
    ("several_roles", role() + role()),
]


@pytest.mark.parametrize(("code", "content"), ERRORS)
def test_what_cannot_work_is_an_error_and_makes_no_document(code: str, content: str) -> None:
    result = parsed(entity(content))
    assert {finding.code for finding in result.errors} == {code}
    assert not result.document


@pytest.mark.parametrize(("code", "content"), WARNINGS)
def test_what_works_is_a_warning_and_makes_a_document(code: str, content: str) -> None:
    result = parsed(entity(content))
    assert codes(result) == {code}
    assert not result.errors
    assert result.document


def test_nothing_is_said_of_what_is_right() -> None:
    result = parsed(entity(role(slo=[(REDIRECT, "https://idp.example.com/slo")], formats=[PERSISTENT, TRANSIENT])))
    assert not result.findings
    assert (result.sso_url, result.sso_binding) == (SSO[1], REDIRECT)
    assert result.slo_url == "https://idp.example.com/slo"
    assert result.name_id_formats == (PERSISTENT, TRANSIENT)


def test_what_xml_escapes_is_what_it_stands_for() -> None:
    """An address with two parameters has “&amp;” in XML, and must not become another one on its way."""
    address = "https://idp.example.com/sso?idpid=a&spid=b&c='d'"
    result = parsed(
        entity(role(sso=[(REDIRECT, address)], formats=["urn:a&b"]), entity_id="https://idp.example.com/?a&b")
    )
    assert (result.sso_url, result.entity_id) == (address, "https://idp.example.com/?a&b")
    assert result.name_id_formats == ("urn:a&b",)
    assert parsed(result.document).sso_url == address


def test_errors_go_before_warnings() -> None:
    result = parsed(entity(role(sso=(), formats=[TRANSIENT])))
    assert [finding.severity for finding in result.findings] == [Severity.ERROR, Severity.WARNING]


def test_a_key_without_use_is_for_signing_too() -> None:
    assert not parsed(entity(role(keys=key_descriptor(signing(), "")))).findings


def test_an_encryption_certificate_does_not_go_to_cognito() -> None:
    keys = key_descriptor(signing("for signing")) + key_descriptor(signing("for encryption"), "encryption")
    assert [item.subject for item in parsed(entity(role(keys=keys))).certificates] == ["CN=for signing"]


def test_the_first_role_for_saml_2_is_taken() -> None:
    second = role(sso=[(REDIRECT, "https://idp.example.com/second")])
    assert parsed(entity(role(attributes=SAML1, sso=()) + second)).sso_url == "https://idp.example.com/second"


def test_of_several_addresses_with_one_binding_the_first_counts_everywhere() -> None:
    result = parsed(entity(role(sso=[SSO, (REDIRECT, "https://idp.example.com/other")])))
    assert result.sso_url == SSO[1]
    assert "other" not in result.document


def test_services_outside_the_role_do_not_count() -> None:
    elsewhere = f'<md:Extensions><md:SingleSignOnService Binding="{REDIRECT}" Location="https://evil.example/"/></md:Extensions>'
    result = parsed(entity(role(extensions=elsewhere, sso=())))
    assert codes(result) == {"sso_missing"}


@pytest.mark.parametrize(
    ("outer", "own", "of_role"), [(PAST, "", ""), ("", PAST, ""), ("", "", PAST)], ids=["file", "entity", "role"]
)
def test_expired_metadata_is_an_error_wherever_it_says_so(outer: str, own: str, of_role: str) -> None:
    content = role(attributes=f'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" {of_role}')
    inner = entity(content, attributes=own)
    result = parsed(entities(inner, attributes=outer))
    assert codes(result) == {"metadata_expired"}
    assert "2026-11-20" in result.errors[0].message


def test_limits_of_other_groups_do_not_count() -> None:
    assert not parsed(entities(entities("", attributes=PAST) + entity(role()))).findings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-21T11:59:59Z", "metadata_expired"),
        ("2026-11-21T11:59:59", "metadata_expired"),
        ("2026-11-21T12:59:59.123456789+01:00", "metadata_expired"),
        ("next year", "valid_until_unreadable"),
        ("0001-01-01T00:00:00+14:00", "valid_until_unreadable"),
    ],
)
def test_dates_of_metadata_are_read_as_saml_writes_them(text: str, code: str) -> None:
    assert codes(parsed(entity(role(), attributes=f'validUntil="{text}"'))) == {code}


def test_metadata_that_is_valid_for_long_is_not_spoken_of() -> None:
    assert not parsed(entity(role(), attributes=f'validUntil="{(NOW + timedelta(days=1)).isoformat()}"')).findings
