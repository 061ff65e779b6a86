"""What a browser is told about each answer: framing, referrers, caches, redirects (RFC 9700 4.2, 4.3, 4.12, 4.16)."""

from typing import Any

import pytest
from django.test import Client

from federation.models import AuthorizationRequest
from tests.federation.browser import Browser
from tests.security.attacks.test_hosts import address
from tests.support.url_map import signin_routes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

# Public, the same for everybody, and named in their own headers as such.
_KEPT = {"openid-configuration", "oauth-authorization-server", "oauth2-jwks", "brand-stylesheet", "brand-logo"}


def test_no_answer_can_be_framed_or_kept_or_names_itself_to_others(browser: Browser) -> None:
    browser.authorize(organization="acme", prompt="login")
    sent = {"request": str(AuthorizationRequest.objects.get().pk)}
    for route in signin_routes():
        for method in ("get", "post"):
            response: Any = getattr(browser.client, method)(address(route), sent)
            assert response["X-Frame-Options"] == "DENY", route
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"], route
            assert response["Referrer-Policy"] == "same-origin", route
            assert response["X-Content-Type-Options"] == "nosniff", route
            if route.name not in _KEPT and response.status_code != 405:
                assert "no-store" in response["Cache-Control"], (route, method, response.status_code)


def test_an_answer_on_its_way_to_the_application_names_no_referrer(browser: Browser) -> None:
    """Neither by a redirect nor by the page that sends a form."""
    for mode in ("query", "form_post"):
        response = browser.authorize(organization="acme", response_mode=mode, nonce=mode)
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]


def test_no_redirect_hands_a_form_on(browser: Browser) -> None:
    """307 and 308 would have the browser send its form, and what was typed, to where it is sent on."""
    hint = browser.tokens_from_session()["id_token"]
    browser.client.handler.enforce_csrf_checks = False
    sent = [
        ("/oauth2/authorize", browser.parameters(organization="acme", nonce="again")),
        ("/oauth2/authorize", browser.parameters(organization="acme", scope="none")),
        ("/oauth2/logout", {"id_token_hint": hint}),
        ("/oauth2/logout/confirm", {"client_id": browser.application.client_id}),
    ]
    for path, form in sent:
        assert browser.client.post(path, form).status_code in {200, 302, 303}, path


def test_no_other_page_is_handed_an_answer(browser: Browser) -> None:
    """No answer by script (`web_message`), none in a fragment, and no reader on another origin (section 4.17)."""
    for mode in ("web_message", "web_message.jwt", "fragment", "form_post.jwt"):
        browser.authorize(organization="acme", response_mode=mode, nonce=mode)
        assert browser.answer()["error"] == "invalid_request"
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    preflight: Any = Client().options("/oauth2/authorize", headers=headers)
    assert "Access-Control-Allow-Origin" not in preflight
