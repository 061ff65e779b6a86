"""The wizard's pages of values: metadata by paste, file or address, values one by one, secrets, an issuer."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from federation.connections.settings import SamlSettings
from federation.metadata.source import MOST_BYTES
from federation.models import Connection
from tests.factories import TenantCast
from tests.federation.web.wizard.pages import OKTA, paste, text, url
from tests.support.connections import oidc_connection


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "This field is required"),
        ("<html><body>Sign in</body></html>", "This is a web page"),
        (OKTA[:500], "breaks off"),
        ('{"issuer": "https://idp.example"}', "This is JSON"),
        ("https://idp.example/metadata", "This is an address"),
        (OKTA.replace("HTTP-Redirect", "HTTP-POST"), "HTTP-Redirect"),
    ],
)
def test_what_is_no_metadata_is_refused_with_what_to_do(
    owner_page: Client, draft: Connection, document: str, said: str
) -> None:
    """And nothing is kept of it."""
    assert said in text(paste(owner_page, draft, document), 422)
    assert Connection.objects.get(pk=draft.pk).current.number == 1


@pytest.mark.parametrize("address", ["http://idp.example/metadata", "https://127.0.0.1/metadata", "file:///etc/passwd"])
def test_an_address_that_is_not_to_be_asked_is_refused(owner_page: Client, draft: Connection, address: str) -> None:
    """Beside the field."""
    page = text(owner_page.post(f"{url('values-save', draft)}?by=url", {"url": address}), 422)
    assert "errorlist" in page or "field__error" in page
    assert Connection.objects.get(pk=draft.pk).current.number == 1


def test_a_file_is_read(owner_page: Client, draft: Connection) -> None:
    """One without a byte, none at all, and one that is too large are refused."""
    address = f"{url('values-save', draft)}?by=file"

    def sent(content: bytes) -> Any:
        return owner_page.post(address, {"document": SimpleUploadedFile("m.xml", content)})

    assert "Choose a file" in text(owner_page.post(address, {}), 422)
    assert "There is nothing in it" in text(sent(b""), 422)
    assert "larger than" in text(sent(b" " * (MOST_BYTES + 10)), 422)
    assert sent(OKTA.encode()).status_code == 302
    settings = Connection.objects.get(pk=draft.pk).settings
    assert isinstance(settings, SamlSettings)
    assert settings.source == "file"


def test_one_of_several_identity_providers_is_chosen(owner_page: Client, draft: Connection) -> None:
    """From a file, which the browser would not send twice, as from pasted text."""
    other = OKTA.replace("exk1sample2okta3Xy5d7", "exkOther")
    both = "".join(each.partition("?>")[2] for each in (OKTA, other))
    aggregate = f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{both}</md:EntitiesDescriptor>'
    page = text(paste(owner_page, draft, aggregate), 422)
    assert "Which one is yours?" in page
    address = f"{url('values-save', draft)}?by=file"
    upload = SimpleUploadedFile("m.xml", aggregate.encode())
    page = text(owner_page.post(address, {"document": upload}), 422)
    assert "Which one is yours?" in page
    assert "exkOther" in page
    chosen = {"kept": aggregate, "entity_id": "http://www.okta.com/exkOther"}
    assert owner_page.post(address, chosen).status_code == 302
    settings = Connection.objects.get(pk=draft.pk).settings
    assert isinstance(settings, SamlSettings)
    assert settings.entity_id == "http://www.okta.com/exkOther"


def test_values_can_be_entered_one_by_one(owner_page: Client, draft: Connection) -> None:
    """With what is wrong said about each."""
    address = f"{url('values-save', draft)}?by=fields"
    body = OKTA.partition("<ds:X509Certificate>")[2].partition("</ds:X509Certificate>")[0]
    pem = f"-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----"
    good = {"entity_id": "https://idp.example", "sso_url": "https://idp.example/sso", "certificates": pem}
    assert "not a certificate" in text(
        owner_page.post(
            address, {**good, "certificates": "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"}
        ),
        422,
    )
    assert owner_page.post(address, good).status_code == 302
    page = text(owner_page.get(f"{url('values', draft)}?by=fields"))
    assert 'value="https://idp.example/sso"' in page


def test_a_secret_is_written_and_never_shown(owner_page: Client, acme: TenantCast) -> None:
    """Neither on a page, nor in a version, nor in the log."""
    connection = oidc_connection(acme.tenant)
    for name in ("values", "review", ""):
        page = text(owner_page.get(url(name, connection)))
        assert connection.current.secret not in page
    assert "One is stored and not shown" in text(owner_page.get(url("values", connection)))


def test_an_issuer_that_cannot_be_asked_is_refused_beside_its_field(owner_page: Client, acme: TenantCast) -> None:
    """And scopes without openid are not asked for."""
    connection = oidc_connection(acme.tenant)
    sent = {
        "issuer": "http://idp.example",
        "client_id": "lifeguard",
        "client_secret": "",
        "scopes": "openid",
        "attributes_request_method": "GET",
    }
    assert "Issuer" in text(owner_page.post(url("values-save", connection), sent), 422)
    refused = text(owner_page.post(url("values-save", connection), {**sent, "scopes": "email"}), 422)
    assert "has to be among the scopes" in refused
    assert Connection.objects.get(pk=connection.pk).current.number == connection.current.number


def test_a_social_provider_is_set_up(owner_page: Client, acme: TenantCast) -> None:
    """Apple has a key where the others have a secret."""
    address = reverse("tenant:connection-new", args=["acme"])
    owner_page.post(address, {"guide": "apple-social"})
    made = Connection.objects.get(tenant=acme.tenant)
    assert "This field is required" in text(owner_page.post(url("values-save", made), {"client_id": "a"}), 422)
    key = "-----BEGIN PRIVATE KEY-----\nAAAA+BBBB\n-----END PRIVATE KEY-----"
    values = {"client_id": "com.acme", "team_id": "T1", "key_id": "K1", "private_key": key, "scopes": "email name"}
    assert owner_page.post(url("values-save", made), values).status_code == 302
    now = Connection.objects.get(pk=made.pk)
    assert now.current.secret == key
    assert "AAAA+BBBB" not in text(owner_page.get(url("values", made)))
