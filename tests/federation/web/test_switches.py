"""The switches of a connection, page and API: what they say, what is saved, and the certificates as files."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from federation.connections.settings import SamlSettings
from federation.models import Connection
from federation.services.connection_certificates import keep_certificates
from federation.services.connections import save_settings
from tenants.audit_actions import Action
from tenants.models import AuditEvent, TenantApplication
from tests.factories import ApplicationFactory, Cast, TenantCast
from tests.federation.web.wizard.pages import browser_of, in_cognito, paste, text
from tests.identity.api.test_api import Call, assert_problem, call
from tests.support.connections import ACTOR, a_certificate, activated, oidc_connection, saml_connection, saml_settings

__all__ = ["call"]

SLO = replace(saml_settings(), slo_url="https://idp.example/slo")
METADATA = (Path(__file__).resolve().parents[1] / "metadata" / "samples" / "okta-saml.xml").read_text()
OFF = {"sign_requests": False, "encrypt_assertions": False, "sign_out_there": False}


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """A draft whose identity provider has an address for signing out."""
    made = saml_connection(acme.tenant)
    return save_settings(acme.tenant, made.pk, SLO, change="Sign-out", actor=ACTOR)


@pytest.fixture
def owner(acme: TenantCast) -> Client:
    """The browser of acme's owner."""
    return browser_of(acme, "owner")


def url(name: str, connection: Connection, *more: str) -> str:
    """Where a page about a connection is."""
    return reverse(f"tenant:connection-{name}", args=["acme", connection.pk, *more])


def settings_of(connection: Connection) -> SamlSettings:
    """The settings as they are now."""
    connection.refresh_from_db()
    assert isinstance(connection.settings, SamlSettings)
    return connection.settings


def test_switches_are_saved_as_a_version(owner: Client, connection: Connection) -> None:
    before = connection.current.number
    answer = owner.post(url("switches-save", connection), {"sign_requests": "on", "sign_out_there": "on"})
    assert answer.status_code == 302
    settings = settings_of(connection)
    assert (settings.sign_requests, settings.encrypt_assertions, settings.sign_out_there) == (True, False, True)
    assert settings.metadata == SLO.metadata
    assert connection.current.number == before + 1
    assert connection.current.change == "Switched on: signed requests, single logout"
    told = AuditEvent.objects.filter(action=Action.CONNECTION_CONFIGURED).values_list("after", flat=True)
    assert [after["settings"]["sign_requests"] for after in told if after["version"] == before + 1] == [True]
    page = text(owner.get(url("switches", connection)))
    assert page.count("checked") == 2


def test_sign_out_needs_an_address_there(owner: Client, acme: TenantCast) -> None:
    without = saml_connection(acme.tenant)
    page = text(owner.get(url("switches", without)))
    assert "names no address for signing out" in page
    refused = text(owner.post(url("switches-save", without), {"sign_out_there": "on"}), 422)
    assert "bring its metadata again" in refused
    assert not settings_of(without).sign_out_there


def test_the_guide_says_what_to_do_there(owner: Client, connection: Connection) -> None:
    """Okta's own words, beside our values for its fields."""
    in_cognito(connection.tenant)
    keep_certificates(connection, signing=a_certificate(), encryption="")
    page = text(owner.get(url("switches", connection)))
    for said in ("At Okta", "Signature Certificate", "Assertion Encryption", "SP Issuer", "urn:amazon:cognito:sp:"):
        assert said in page
    # Where Cognito has no certificate yet there is nothing to download.
    assert url("certificate", connection, "encryption.pem") not in page
    assert "Not there yet" in page


def test_certificates_are_shown_and_downloaded(owner: Client, connection: Connection) -> None:
    page = text(owner.get(url("switches", connection)))
    assert "Certificate not known yet" in page
    assert owner.get(url("certificate", connection, "signing.pem")).status_code == 404
    pem, other = a_certificate(), a_certificate("other")
    keep_certificates(connection, signing=pem, encryption=other)
    page = text(owner.get(url("switches", connection)))
    assert "Certificate not known yet" not in page
    as_pem = owner.get(url("certificate", connection, "signing.pem"))
    assert as_pem.content.decode() == pem
    assert as_pem["Content-Disposition"] == f'attachment; filename="{connection.provider_name}-signing.pem"'
    as_der = owner.get(url("certificate", connection, "encryption.cer"))
    assert ssl.DER_cert_to_PEM_cert(as_der.content) == other
    for wrong in ("signing.txt", "other.pem", "signing", ".pem"):
        assert owner.get(url("certificate", connection, wrong)).status_code == 404
    guide = text(owner.get(url("guide", connection)))
    assert "Our values" in guide


def test_the_guide_has_the_signing_certificate_once_everything_is_there(
    owner: Client, acme: TenantCast, connection: Connection
) -> None:
    in_cognito(acme.tenant)
    assert url("certificate", connection, "signing.cer") not in text(owner.get(url("guide", connection)))
    keep_certificates(connection, signing=a_certificate(), encryption="")
    assert url("certificate", connection, "signing.cer") in text(owner.get(url("guide", connection)))


def test_bookmarks_come_first_and_idp_initiated_sign_in_says_why_not(
    owner: Client, acme: TenantCast, connection: Connection
) -> None:
    ready = ApplicationFactory.create(name="Harbor", initiate_login_uri="https://harbor.example/login")
    other = ApplicationFactory.create(name="Quay")
    for application in (ready, other):
        TenantApplication.objects.create(tenant=acme.tenant, application=application)
    page = text(owner.get(url("switches", connection)))
    assert f"/acme/start/{connection.pk}/{ready.client_id}" in page
    assert other.client_id not in page
    assert "cannot be begun from outside" in page
    assert page.index("Starting from") < page.index("IdP-initiated sign-in") < page.index("Signed requests")
    assert "Not offered" in page


def test_openid_has_bookmarks_and_says_what_signing_out_does(owner: Client, acme: TenantCast) -> None:
    made = oidc_connection(acme.tenant)
    page = text(owner.get(url("switches", made)))
    assert "Starting from" in page
    assert "does not end sessions of OpenID" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert owner.post(url("switches-save", made), {"sign_requests": "on"}).status_code == 409


def test_an_identity_provider_that_takes_signed_requests_only_gets_them(owner: Client, connection: Connection) -> None:
    """The warning says where to switch them on, and is gone then; a test says that it runs without encryption."""
    document = METADATA.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"')
    assert paste(owner, connection, document).status_code == 302
    page = reverse("tenant:connection", args=["acme", connection.pk])
    assert "takes signed requests only" in text(owner.get(page))
    assert "runs without encryption" not in text(owner.get(url("test", connection)))
    owner.post(url("switches-save", connection), {"sign_requests": "on", "encrypt_assertions": "on"})
    assert "takes signed requests only" not in text(owner.get(page))
    assert "runs without encryption" in text(owner.get(url("test", connection)))


def test_who_may_only_read_changes_nothing(acme: TenantCast, connection: Connection) -> None:
    auditor = browser_of(acme, "auditor")
    assert "disabled" in text(auditor.get(url("switches", connection)))
    assert auditor.post(url("switches-save", connection), {"sign_requests": "on"}).status_code == 403
    assert not settings_of(connection).sign_requests


def test_a_foreign_connection_is_not_found(cast: Cast, connection: Connection) -> None:
    keep_certificates(connection, signing=a_certificate(), encryption="")
    stranger = browser_of(cast.globex, "owner")
    for name, more in (("switches", ()), ("certificate", ("signing.pem",))):
        address = reverse(f"tenant:connection-{name}", args=["globex", connection.pk, *more])
        assert stranger.get(address).status_code == 404


def test_the_connections_page_shows_how_they_are_set(owner: Client, connection: Connection) -> None:
    address = reverse("tenant:connection", args=["acme", connection.pk])
    assert url("switches", connection) in text(owner.get(address))
    assert url("switches", connection) in text(owner.get(url("review", connection)))


def test_switches_by_the_api(call: Call, acme: TenantCast, connection: Connection) -> None:
    key = str(connection.pk)
    empty = {"signing_certificate": "", "encryption_certificate": ""}
    assert call("GET", "connection-switches", key).json() == {**OFF, **empty}
    keep_certificates(activated(connection), signing=a_certificate(), encryption="")
    answer = call("PUT", "connection-switches", key, body={**OFF, "encrypt_assertions": True}).json()
    assert answer == {**OFF, **empty, "encrypt_assertions": True, "signing_certificate": a_certificate()}
    assert call("GET", "connection", key).json()["settings"]["encrypt_assertions"] is True
    assert_problem(call("PUT", "connection-switches", key, body={"sign_requests": True}), 400, "invalid")
    openid = str(oidc_connection(acme.tenant).pk)
    assert_problem(call("PUT", "connection-switches", openid, body=OFF), 409, "conflict")
