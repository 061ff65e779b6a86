"""What identity providers publish, in its real shape, becomes what Cognito needs of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from federation.metadata import certificates
from tests.support.metadata import POST, REDIRECT, codes, parsed

SAMPLES = sorted(Path(__file__).parent.joinpath("samples").glob("*.xml"))
# What is said of each, besides nothing.
SAID = {
    "adfs": {"several_certificates"},
    "cyberark": {"several_certificates"},
    "entra-saml": {"byte_order_mark"},
    "keycloak": {"wants_signed_requests"},
    "pingfederate": {"wants_signed_requests"},
    "shibboleth": {"several_certificates", "only_transient_name_ids"},
}
PROVIDERS = {
    "adfs", "auth0", "aws-iam-identity-center", "cyberark", "duo", "entra-saml", "google-workspace", "jumpcloud",
    "keycloak", "okta-saml", "onelogin", "pingfederate", "pingone", "rippling", "shibboleth",
}  # fmt: skip


def test_there_is_a_sample_of_each_provider() -> None:
    assert {path.stem for path in SAMPLES} == PROVIDERS


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_works_with_cognito(path: Path) -> None:
    result = parsed(path.read_bytes())
    assert not result.errors
    assert codes(result) == SAID.get(path.stem, set())
    assert result.sso_binding == REDIRECT
    assert result.sso_url.startswith("https://")
    assert result.certificates


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_another_reader_finds_the_same_in_the_document(path: Path) -> None:
    """python3-saml, which shares no code with ours, reads the document that goes to Cognito as we mean it."""
    result = parsed(path.read_bytes())
    read = OneLogin_Saml2_IdPMetadataParser.parse(result.document)
    assert read["idp"]["entityId"] == result.entity_id
    assert read["idp"]["singleSignOnService"] == {"url": result.sso_url, "binding": REDIRECT}
    assert read["idp"].get("singleLogoutService", {}).get("url", "") == result.slo_url
    assert read["security"]["authnRequestsSigned"] is result.wants_signed_requests
    single = read["idp"].get("x509cert")
    signing = [single] if single else read["idp"]["x509certMulti"]["signing"]
    assert signing == [certificates.body(item) for item in result.certificates]
    posted = OneLogin_Saml2_IdPMetadataParser.parse(result.document, required_sso_binding=POST)
    assert posted["idp"]["singleSignOnService"]["binding"] == POST


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_document_is_read_as_itself(path: Path) -> None:
    """What was normalised once stays the same text, so that a daily look finds a change only where there is one."""
    result = parsed(path.read_bytes())
    again = parsed(result.document)
    assert again.document == result.document
    assert again.certificates == result.certificates


def test_samples_do_not_expire() -> None:
    for path in SAMPLES:
        assert not parsed(path.read_bytes(), now=datetime(2100, 1, 1, tzinfo=UTC)).errors
