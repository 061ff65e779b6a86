"""Signing out at the wish of an application."""

from urllib.parse import urlencode

import jwt
import pytest

from federation.provider import mint
from tenants.models import Application
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.support.certificates import rsa_key

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.mark.parametrize("given", [{}, {"state": "s"}, {"post_logout_redirect_uri": "https://app.example/"}])
def test_a_logout_request_without_a_hint_leads_nowhere(browser: Browser, given: dict[str, str]) -> None:
    """oidcc-rp-initiated-logout-no-params, -only-state, -no-id-token-hint: nobody knows whose address that would be."""
    browser.get(f"/oauth2/logout?{urlencode(given)}")
    assert "Sign out?" in browser.text
    assert "app.example" not in browser.text
    assert "Location" not in browser.submit()


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [
        ({}, None),
        ({"state": "s"}, None),
        ({"post_logout_redirect_uri": "https://app.example/"}, "https://app.example/"),
        ({"post_logout_redirect_uri": "https://app.example/", "state": "a b&c"}, "https://app.example/?state=a+b%26c"),
        ({"post_logout_redirect_uri": "https://app.example/?foo=bar", "state": "s"}, None),
    ],
)
def test_a_hint_that_is_over_signs_out(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], leads_to: str | None
) -> None:
    """oidcc-rp-initiated-logout, -no-state, -no-post-logout-redirect-uri; section 2 of that standard."""
    monkeypatch.setattr(mint, "ID_TOKEN_SECONDS", -3600)
    hint = browser.tokens_from_session()["id_token"]
    page = browser.get(f"/oauth2/logout?{urlencode({'id_token_hint': hint, **given})}")
    assert page.get("Location") == leads_to
    browser.authorize(organization="acme", prompt="none", nonce="after")
    assert browser.answer()["error"] == "login_required"


def test_a_hint_that_contradicts_the_client_leads_nowhere(browser: Browser, assigned: Application) -> None:
    """RP-Initiated Logout 1.0 sections 2 and 4: what does not validate is not used, nor what depends on it."""
    other = ApplicationFactory.create(name="Other", post_logout_redirect_uris=["https://other.example/"])
    hint = browser.tokens_from_session()["id_token"]
    for back in ("https://other.example/", "https://app.example/"):
        given = {"id_token_hint": hint, "client_id": other.client_id, "post_logout_redirect_uri": back}
        browser.get(f"/oauth2/logout?{urlencode(given)}")
        assert "Sign out?" in browser.text
        assert back not in browser.text
    assert "Location" not in browser.submit()


@pytest.mark.parametrize("kind", ["unsigned", "foreign"])
def test_a_hint_that_anybody_could_make_leads_nowhere(browser: Browser, kind: str) -> None:
    """oidcc-rp-initiated-logout-bad-id-token-hint: signed by another key, or not at all."""
    hint = browser.tokens_from_session()["id_token"]
    claims, header = jwt.decode(hint, options={"verify_signature": False}), jwt.get_unverified_header(hint)
    key, algorithm = ("", "none") if kind == "unsigned" else (rsa_key(2048, 1), "RS256")
    made = jwt.encode(claims, key, algorithm=algorithm, headers={**header, "alg": algorithm})
    given = {"id_token_hint": made, "post_logout_redirect_uri": "https://app.example/"}
    browser.get(f"/oauth2/logout?{urlencode(given)}")
    assert "Sign out?" in browser.text
    assert "Location" not in browser.submit()
