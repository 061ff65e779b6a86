"""The page that says what runs around the product."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_page_links_what_was_started(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_SAML_IDP_URL", "http://localhost:8004")
    monkeypatch.delenv("LOCAL_OIDC_IDP_URL", raising=False)
    monkeypatch.setenv("LOCAL_TEXTS_URL", "http://localhost:8005/_local/texts")
    page = client.get("/local/").content.decode()
    assert 'href="http://localhost:8004"' in page
    assert 'href="http://localhost:8005/_local/texts"' in page
    assert 'href="/local/mail"' in page
    assert "Beacon" not in page
